"""The place of the present in everything that is followed, as one cursor for all of it."""

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.store.cursors import Part, read_cursor, write_cursor
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.feed import Position, newest_position, read_position
from lifecycle_fsm.store.run_feed import RunPosition, newest_run_position, read_run_position

_MARK = "live"


def live_place(connection: Connection) -> str:
    """The place that lies before everything that cannot be read yet."""
    log = newest_position(connection).order
    # PostgreSQL numbers both by transaction.
    runs = newest_run_position(connection).order if connection.dialect.name == "sqlite" else log
    return write_cursor(_MARK, log, runs)


def place_in_log(cursor: str, path: str) -> Position:
    """
    Give the place in the log that a live cursor, or one of an event, names.

    Raises:
        InvalidInput: it names none.
    """
    live = _orders(cursor, path)
    return read_position(cursor, path) if live is None else Position(live[0])


def place_in_runs(cursor: str, path: str) -> RunPosition:
    """
    Give the place among changes of runs that a live cursor, or one of an event, names.

    Raises:
        InvalidInput: it names none.
    """
    live = _orders(cursor, path)
    return read_run_position(cursor, path) if live is None else RunPosition(live[1])


def _orders(cursor: str, path: str) -> tuple[int, int] | None:
    """The places in the log and among runs, None for a cursor of another kind."""
    try:
        parts: list[Part] = read_cursor(cursor, (str, int, int), path)
    except InvalidInput:
        return None
    mark, log, runs = parts
    return (int(log or 0), int(runs or 0)) if mark == _MARK else None
