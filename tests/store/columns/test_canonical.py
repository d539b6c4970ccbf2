"""The bytes that columns are hashed from are those that were hashed when each row was written, whatever it holds."""

from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.canonical_rows import SHARED
from lifecycle_fsm.store.columns.canonical import hashed_of, hashes_of
from lifecycle_fsm.store.columns.page import RowPage, row_page
from lifecycle_fsm.store.ledger import Link, canonical_entry
from tests.store.builders import an_entry

TEXTS = st.text(max_size=20) | st.sampled_from(['"', "\\", "\n", "\0", "é", "\N{GRINNING FACE}", "null", "x" * 300])
PERHAPS = st.none() | TEXTS
HASHES = st.binary(min_size=32, max_size=32)
INSTANTS = st.integers(-(10**12), 10**13).map(from_ms)
ENTRIES = st.builds(
    lambda **changed: replace(an_entry("adoption"), **changed),
    kind=st.sampled_from(RecordKind),
    cause=st.sampled_from(Cause),
    from_stage=PERHAPS,
    to_stage=TEXTS,
    effective_at=INSTANTS,
    recorded_at=INSTANTS,
    machine=TEXTS,
    evaluator=TEXTS,
    transition=PERHAPS,
    trigger=PERHAPS,
    subject=PERHAPS,
    actor=PERHAPS,
    on_behalf_of=PERHAPS,
    command_id=PERHAPS,
    run_id=st.none() | st.uuids(),
    effects=TEXTS,
)
LINKS = st.builds(Link, st.uuids(), st.integers(1, 2**53), ENTRIES, st.none() | HASHES, HASHES, HASHES)


def a_page(rows: list[Link]) -> RowPage:
    """The rows as a driver reads them."""

    def column(kind: pa.DataType, *values: Any) -> pa.Array:
        return pa.array(values, kind)

    def shared(row: Link) -> str:
        told = {name: getattr(row.entry, name) for name in SHARED}
        return orjson.dumps(list(told.values())).decode()

    def octets(value: UUID | None) -> bytes | None:
        return None if value is None else value.bytes

    read = {
        "account_id": column(pa.binary(), *(row.account_id.bytes for row in rows)),
        "seq": column(pa.int64(), *(row.seq for row in rows)),
        "prev_hash": column(pa.binary(), *(row.prev_hash for row in rows)),
        "hash": column(pa.binary(), *(row.hash for row in rows)),
        "command_id": column(pa.string(), *(row.entry.command_id for row in rows)),
        "effective_at": column(pa.int64(), *(to_ms(row.entry.effective_at) for row in rows)),
        "effects": column(pa.string(), *(row.entry.effects for row in rows)),
        "inputs_hash": column(pa.binary(), *(row.inputs_hash for row in rows)),
        "recorded_at": column(pa.int64(), *(to_ms(row.entry.recorded_at) for row in rows)),
        "run_id": column(pa.binary(16), *(octets(row.entry.run_id) for row in rows)),
        "shared": column(pa.string(), *map(shared, rows)),
    }
    return row_page(pa.record_batch(read), orjson.loads)


@given(rows=st.lists(LINKS, min_size=1, max_size=12))
def test_columns_give_the_bytes_that_were_hashed(rows: list[Link]) -> None:
    expected = [
        b"\0" + row.prev_hash + canonical_entry(row.account_id, row.seq, row.entry, row.inputs_hash) for row in rows
    ]

    page = a_page(rows)

    assert hashed_of(page).to_pylist() == expected
    assert hashes_of(page) == b"".join(sha256(each).digest() for each in expected)
