"""
Proves at start-up that the database refuses to change history.

Triggers are rails against mistakes; a migration tool or a restored dump can lose them
without a word. The proof of history itself is the hash chain.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import BigInteger, Column, Double, Executable, LargeBinary, Table, delete, insert, text, update

from lifecycle_fsm.domain.audit import AuditKind, MarkKind
from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.failures import DRIVER_ERRORS
from lifecycle_fsm.store.tables.audit import (
    audit_entry,
    checkpoint,
    checkpoint_key,
    erasure,
    merkle_leaf,
    merkle_node,
    review_mark,
    text_erasure,
)
from lifecycle_fsm.store.tables.facts import fact_history, milestone_event
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.tables.machines import catalog_version, machine_version
from lifecycle_fsm.store.tables.publications import publication, publication_approval, publication_plan
from lifecycle_fsm.store.tables.types import Id

APPEND_ONLY = (
    transition_log,
    fact_history,
    milestone_event,
    machine_version,
    catalog_version,
    publication_plan,
    publication_approval,
    publication,
    audit_entry,
    merkle_leaf,
    merkle_node,
    checkpoint_key,
    checkpoint,
    review_mark,
    text_erasure,
    erasure,
)
"""
The tables whose rows are never changed or removed, but for facts, milestones and review marks of erased accounts,
and texts of review marks that were erased.

The lists of erasures are probed last: their probes would let go of the others'.
"""

_ALLOWED = {
    "transition_log.kind": RecordKind.REFUSED.value,
    "transition_log.cause": Cause.IMPORT.value,
    "milestone_event.event": "reached",
    "audit_entry.kind": AuditKind.EXPORTED.value,
    "review_mark.kind": MarkKind.REVIEWED.value,
}


def check_guards(database: Database) -> None:
    """
    Try to change and to remove a row of every append-only table, and undo everything.

    Raises:
        StoreFailed: a table let it happen; protect it again before serving.
    """
    with database.writing(though_read_only=True) as connection:
        attempt = connection.begin_nested()
        let_happen = [deed for table in APPEND_ONLY for deed in _unguarded(connection, table)]
        attempt.rollback()
    if let_happen:
        raise StoreFailed(
            f"history is not protected: the database would {', '.join(let_happen)}; "
            "its triggers are missing, restore them as in migrations/append_only.py before you go on"
        )


def _unguarded(connection: Connection, table: Table) -> Iterator[str]:
    """What the database would let happen to rows of the table."""
    row = probe_row(table)
    connection.execute(insert(table).values(row))
    first, last = next(iter(table.primary_key.columns)), list(table.columns)[-1].name
    attempts: list[tuple[str, Executable]] = [
        ("update", update(table).where(first == row[first.name]).values({last: row[last]})),
        ("delete from", delete(table).where(first == row[first.name])),
    ]
    if connection.dialect.name == "sqlite":
        attempts.append(("replace rows of", insert(table).prefix_with("OR REPLACE").values(row)))
    elif not _guards_truncate(connection, table):
        yield f"truncate {table.name}"
    for deed, statement in attempts:
        if _happens(connection, statement):
            yield f"{deed} {table.name}"


def _happens(connection: Connection, statement: Executable) -> bool:
    savepoint = connection.begin_nested()
    try:
        connection.execute(statement)
    except DRIVER_ERRORS:
        return False
    else:
        return True
    finally:
        savepoint.rollback()


def _guards_truncate(connection: Connection, table: Table) -> bool:
    """Whether a trigger stands before TRUNCATE; trying would lock the table against everybody."""
    return bool(connection.execute(_TRUNCATE_GUARD, {"table": table.name}).scalar_one())


_TRUNCATE_GUARD = text(
    "SELECT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) "
    "AND tgenabled = 'A' AND tgtype & 32 <> 0)"
)


def probe_row(table: Table) -> dict[str, UUID | bytes | float | str]:
    """A row that the table takes and that nothing refers to."""
    return {column.name: _probe(column) for column in table.columns}


def _probe(column: Column[object]) -> UUID | bytes | float | str:
    if isinstance(column.type, Id):
        return UUID(int=0)
    if isinstance(column.type, LargeBinary):
        return b""
    if isinstance(column.type, BigInteger | Double):
        # Nothing is numbered below 0, so that the probe is in nobody's place.
        return -1
    return _ALLOWED.get(str(column), "probe")
