"""Every kind of record and of audit entry: chained, verified, told in words, exported, and the export checked."""

import ast
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

import lifecycle_fsm
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.export import Wanted
from lifecycle_fsm.services.audit.export_check import check_file
from lifecycle_fsm.services.audit.export_file import export_file
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verify import Extent, verify
from lifecycle_fsm.services.story import sentences_of
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import Evidence, evidence_values, link_values, load_chain
from lifecycle_fsm.store.ledger import Entry, Link, canonical_inputs, commit_to, link
from lifecycle_fsm.store.raw import dialect_of, execute_each
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_inputs, transition_log
from tests.services.audit.histories import ROWS
from tests.worlds import ADMIN, Stage

KINDS = tuple(RecordKind)
ROOMS = tuple(Path(lifecycle_fsm.__file__).parent / room for room in ("engine", "services"))


def append(connection: Connection, last: Link, kind: RecordKind) -> Link:
    """Append a row of a kind as the store would, in the stage where the account stands."""
    entry = Entry(
        kind=kind,
        from_stage=last.entry.to_stage,
        to_stage=last.entry.to_stage,
        cause=Cause.PERSON,
        effective_at=last.entry.effective_at,
        recorded_at=last.entry.recorded_at + timedelta(minutes=1),
        machine=last.entry.machine,
        evaluator=last.entry.evaluator,
        transition=last.entry.transition,
        trigger="by_hand",
        actor="ada",
        subject=last.entry.machine if kind is RecordKind.REASSIGNED else "kickoff_call",
    )
    evidence = Evidence(last.account_id, last.seq + 1, bytes(16), canonical_inputs({}))
    made = link(last.account_id, last.seq + 1, last.hash, entry, commit_to(evidence.salt, evidence.inputs))
    dialect = dialect_of(connection)
    for table, row in (
        (transition_log, link_values(made, dialect)),
        (transition_inputs, evidence_values(evidence, dialect)),
    ):
        columns = tuple(column.name for column in table.columns)
        execute_each(connection, dialect.insert(table.name, columns), [row])
    return made


@pytest.fixture
def full(stage: Stage, acme: UUID) -> UUID:
    """An account with a row of every kind behind its story, in a store with an entry of every kind."""
    with stage.world.database.writing() as connection:
        last = load_chain(connection, acme)[-1]
        for kind in KINDS:
            last = append(connection, last, kind)
        here = account_state.c.account_id == acme
        connection.execute(update(account_state).where(here).values(state_version=last.seq, head_hash=last.hash))
        for audit in AuditKind:
            append_entry(connection, AuditEntry(audit, "ada", "somebody", stage.clock(), {"rows": 1, "by": None}))
    return acme


def test_every_kind_is_chained_and_in_the_log(stage: Stage, full: UUID) -> None:
    sign_checkpoint(stage.world, ADMIN, make_signer("example.com/log"))

    report = verify(stage.world, ADMIN, Extent(decisions=False))

    assert report.flaws == []
    assert (report.rows, report.unlogged, report.checkpoints) == (ROWS + len(KINDS), 0, 1)


def test_every_kind_is_told_in_words_of_its_own(stage: Stage, full: UUID) -> None:
    places = [(full, ROWS + number) for number in range(1, len(KINDS) + 1)]

    told = sentences_of(stage.world, ADMIN, places)

    assert len(told) == len(KINDS)
    assert all(sentence.startswith("ada ") and sentence.endswith(".") for sentence in told.values())
    assert len(set(told.values())) == len(KINDS)


@pytest.mark.parametrize("form", ["ndjson", "csv", "xes", "parquet"])
def test_every_kind_is_exported_and_checked(stage: Stage, full: UUID, tmp_path: Path, form: str) -> None:
    signer = make_signer("example.com/log")
    sign_checkpoint(stage.world, ADMIN, signer)
    path = tmp_path / f"history.{form}"

    export_file(stage.world, ADMIN, path, Wanted())
    report = check_file(path, str(signer.verifier))

    assert (report.flaws, report.rows, report.root_checked) == ([], ROWS + len(KINDS), True)
    assert report.entries >= len(AuditKind)
    with stage.world.database.reading() as connection:
        assert set(connection.execute(select(transition_log.c.kind)).scalars()) == {kind.value for kind in KINDS}


def test_every_kind_has_a_writer() -> None:
    """A kind that no code above the store makes rows of is a promise that history does not keep."""
    written = {
        RecordKind[given.attr]
        for room in ROOMS
        for path in room.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for given in (*call.args, *(each.value for each in call.keywords))
        if isinstance(given, ast.Attribute) and getattr(given.value, "id", "") == "RecordKind"
    }

    assert set(RecordKind) - written == set()
