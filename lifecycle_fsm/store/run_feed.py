"""
Runs in the order in which they changed last, for readers who follow them.

A run carries the place of its last change: on PostgreSQL the number of the transaction
that wrote it, and only those below the oldest one still running are read; on SQLite a
number that its one writer counts on. A reader who comes back after a place finds every
run that has changed since then, once, as it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, select, tuple_

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.feed import HORIZON
from lifecycle_fsm.store.runs import Run, run_of
from lifecycle_fsm.store.tables.runs import run as run_table

_LAST = UUID(int=2**128 - 1)
_MARK = "run_changes"
_KEYS = (run_table.c.change_order, run_table.c.id)


@dataclass(frozen=True, slots=True, order=True)
class RunPosition:
    """Where a reader of runs has come to: every change up to here is read."""

    order: int
    run_id: UUID = _LAST

    def written(self) -> str:
        """The position as a cursor."""
        return write_cursor(_MARK, self.order, self.run_id.hex)


@dataclass(frozen=True, slots=True)
class RunChange:
    """A run as it stands, and the place of its last change."""

    position: RunPosition
    run: Run

    @property
    def cursor(self) -> str:
        """The place after this change, as text."""
        return self.position.written()


def read_run_position(cursor: str, path: str) -> RunPosition:
    """
    Give the position that a cursor names.

    Raises:
        InvalidInput: it is no cursor of changes of runs.
    """
    mark, order, text = read_cursor(cursor, (str, int, str), path)
    try:
        run_id = UUID(hex=str(text))
    except ValueError:
        run_id = None
    if mark != _MARK or run_id is None:
        raise InvalidInput("the cursor belongs to another list; use one of an event or `liveCursor`", path=path)
    return RunPosition(int(order or 0), run_id)


def newest_run_position(connection: Connection) -> RunPosition:
    """The position after which every change comes that is not visible yet."""
    if connection.dialect.name == "sqlite":
        return RunPosition(connection.execute(_NEWEST).scalar_one() or 0)
    return RunPosition(int(connection.execute(select(HORIZON)).scalar_one()) - 1)


def runs_after(connection: Connection, position: RunPosition, limit: int) -> tuple[RunChange, ...]:
    """Read up to so many runs that changed after a position, in order."""
    query = _AFTER if connection.dialect.name == "sqlite" else _AFTER_BELOW_HORIZON
    rows = connection.execute(query, {"order": position.order, "id": position.run_id, "most": limit})
    return tuple(RunChange(RunPosition(row.change_order, row.id), run_of(row)) for row in rows)


def going_runs(connection: Connection, limit: int) -> tuple[RunChange, ...]:
    """Read the runs that have not ended, the newest if there are more than so many, in the order of their changes."""
    newest = (run_table.c.started_at.desc(), run_table.c.id.desc())
    query = select(run_table).where(run_table.c.finished_at.is_(None)).order_by(*newest).limit(limit)
    rows = connection.execute(query)
    return _in_order(RunChange(RunPosition(row.change_order, row.id), run_of(row)) for row in rows)


def _in_order(changes: Iterable[RunChange]) -> tuple[RunChange, ...]:
    return tuple(sorted(changes, key=lambda change: change.position))


def _beyond() -> ColumnElement[bool]:
    last = tuple_(bindparam("order", type_=BigInteger), bindparam("id", type_=run_table.c.id.type))
    return tuple_(*_KEYS) > last


_NEWEST = select(func.max(run_table.c.change_order))
_AFTER = select(run_table).where(_beyond()).order_by(*_KEYS).limit(bindparam("most"))
_AFTER_BELOW_HORIZON = _AFTER.where(run_table.c.change_order < select(HORIZON).scalar_subquery())
