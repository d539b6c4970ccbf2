"""The bytes that verification hashes are those that were hashed when a row was written, whatever it holds."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.audit_rows import LogRow
from lifecycle_fsm.store.canonical_rows import canonical_of
from lifecycle_fsm.store.ledger import canonical_entry
from tests.store.builders import an_entry

TEXTS = st.text(max_size=20) | st.sampled_from(['"', "\\", "\n", "é", "\N{GRINNING FACE}", "null", "x" * 300])
PERHAPS = st.none() | TEXTS


@given(
    account=st.uuids(),
    seq=st.integers(1, 2**53),
    inputs_hash=st.none() | st.binary(min_size=32, max_size=32),
    run=st.none() | st.uuids(),
    kind=st.sampled_from(RecordKind),
    cause=st.sampled_from(Cause),
    texts=st.fixed_dictionaries(
        dict.fromkeys(("actor", "on_behalf_of", "command_id", "from_stage", "transition", "trigger"), PERHAPS)
    ),
    subject=PERHAPS,
    effects=TEXTS,
)
def test_stored_rows_give_the_bytes_that_were_hashed(  # one for each kind of column
    account: UUID,
    seq: int,
    inputs_hash: bytes | None,
    run: UUID | None,
    kind: RecordKind,
    cause: Cause,
    texts: dict[str, str | None],
    subject: str | None,
    effects: str,
) -> None:
    changed: dict[str, Any] = {**texts, "kind": kind, "cause": cause, "subject": subject, "effects": effects}
    entry = replace(an_entry("adoption"), **changed, run_id=run)
    columns = {name: getattr(entry, name) for name in LogRow._fields if hasattr(entry, name)}
    columns |= {"kind": kind.value, "cause": cause.value}
    times = {"effective_at": to_ms(entry.effective_at), "recorded_at": to_ms(entry.recorded_at)}
    stored = LogRow(
        **{
            **columns,
            **times,
            "account_id": account.bytes,
            "run_id": None if run is None else run.bytes,
            "seq": seq,
            "inputs_hash": inputs_hash,
            "prev_hash": bytes(32),
            "hash": bytes(32),
        }
    )

    assert canonical_of(stored) == canonical_entry(account, seq, entry, inputs_hash)
