"""Whether the store is read-only, as every process sees it within a second."""

from collections.abc import Callable
from time import monotonic

from sqlalchemy import delete, insert, select

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.operations import ReadOnlyMode
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.tables.modes import store_mode

LOOKED_AT_EVERY_SECONDS = 1.0

_MODE = "read_only"
_HERE = store_mode.c.mode == _MODE


def load_read_only(connection: Connection) -> ReadOnlyMode | None:
    """Since when, by whom and why the store is read-only; None where it is not."""
    row = connection.execute(select(*store_mode.columns).where(_HERE)).one_or_none()
    return None if row is None else ReadOnlyMode(from_ms(row.since_at), row.begun_by, row.reason)


def begin_read_only(connection: Connection, mode: ReadOnlyMode) -> None:
    """Let every process refuse to write; the store must not be in the mode."""
    values = {"since_at": to_ms(mode.since), "begun_by": mode.begun_by, "reason": mode.reason}
    connection.execute(insert(store_mode).values(mode=_MODE, **values))


def end_read_only(connection: Connection) -> None:
    """Let every process write again."""
    connection.execute(delete(store_mode).where(_HERE))


def closed_by_mode(database: Database) -> Callable[[], bool]:
    """A question whether the store is read-only, which looks at most once a second."""
    closed, looked_at = False, -LOOKED_AT_EVERY_SECONDS

    def is_closed() -> bool:
        nonlocal closed, looked_at
        now = monotonic()
        if now - looked_at >= LOOKED_AT_EVERY_SECONDS:
            with database.reading() as connection:
                closed = load_read_only(connection) is not None
            looked_at = now
        return closed

    return is_closed
