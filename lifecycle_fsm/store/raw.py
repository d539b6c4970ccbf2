"""Statements in the driver's own words, for the few places where every microsecond counts."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from uuid import UUID

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from lifecycle_fsm.store.copying import FEWEST, copy_statement, copy_text
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.traced import place_of
from lifecycle_fsm.telemetry.statements import within_statement
from lifecycle_fsm.telemetry.traces import NOTHING, Inside, Nothing, here

Bound = UUID | bytes | str | int | float | None
"""What a driver binds."""

Row = tuple[Bound, ...]
"""The values of one execution, in the order of the placeholders."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    Say how one database writes what the two write differently.

    `merge` is the expression that patches a JSON object in a column with the bound
    one, a null taking its key away.
    """

    mark: str
    bind_id: Callable[[UUID], Bound]
    merge: str

    def insert(self, table: str, columns: Sequence[str], suffix: str = "") -> str:
        """An INSERT of one row of these columns."""
        return _insert(self.mark, table, tuple(columns), suffix)


@lru_cache(maxsize=128)
def _insert(mark: str, table: str, columns: tuple[str, ...], suffix: str) -> str:
    marks = ", ".join([mark] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {suffix}"  # noqa: S608 - our own names


SQLITE = Dialect("?", lambda value: value.bytes, "json_patch({column}, ?)")
POSTGRESQL = Dialect("%s", lambda value: value, "jsonb_strip_nulls({column} || %s::jsonb)")


def dialect_of(connection: Connection) -> Dialect:
    """The dialect of the database that the connection leads to."""
    return SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL


@contextmanager
def any_text(connection: Connection) -> Iterator[None]:
    """Let SQLite give texts that are no UTF-8, too: their odd bytes become characters that nothing writes."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before, driver.text_factory = driver.text_factory, _text_of
    try:
        yield
    finally:
        driver.text_factory = before


def _text_of(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")


def printable(value: object) -> str:
    """A value as the driver gave it under `any_text`, as a text that can be shown: odd bytes as their numbers."""
    raw = value if isinstance(value, bytes) else str(value).encode(errors="surrogateescape")
    return raw.decode(errors="backslashreplace")


def execute_each(connection: Connection, statement: str, rows: Sequence[Row]) -> None:
    """Execute a statement for each row, in one round trip where the driver can."""
    if rows:
        with _traced(connection, statement, len(rows)):
            _execute_each(connection, statement, rows)


def _execute_each(connection: Connection, statement: str, rows: Sequence[Row]) -> None:
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.executemany(statement, rows)
    elif len(rows) == 1:
        _cursor(connection).execute(statement.encode(), rows[0])
    elif len(rows) >= FEWEST and (copying := copy_statement(statement)) is not None:
        with _cursor(connection).copy(copying) as copy:
            copy.write(copy_text(rows))
    else:
        _cursor(connection).executemany(statement.encode(), rows)


def hits(connection: Connection, statement: str, rows: Sequence[Row]) -> list[bool]:
    """Execute a statement for each row and say of each whether it changed something."""
    if not rows:
        return []
    with _traced(connection, statement, len(rows)):
        return _hits(connection, statement, rows)


def _hits(connection: Connection, statement: str, rows: Sequence[Row]) -> list[bool]:
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        return [driver.execute(statement, row).rowcount == 1 for row in rows]
    cursor = _cursor(connection)
    if len(rows) == 1:
        return [cursor.execute(statement.encode(), rows[0]).rowcount == 1]
    cursor.executemany(statement.encode(), rows, returning=True)
    counts = [cursor.rowcount == 1]
    while cursor.nextset():
        counts.append(cursor.rowcount == 1)
    return counts


def count_of(connection: Connection, statement: str, row: Row) -> int:
    """Execute a statement on PostgreSQL that answers with one number."""
    with _traced(connection, statement):
        (count,) = _cursor(connection).execute(statement.encode(), row).fetchone() or (0,)
    return cast("int", count)


def copy_lines(connection: Connection, insert: str, lines: Sequence[str]) -> None:
    """Do on PostgreSQL what the INSERT would for rows that are lines of COPY already."""
    copying = copy_statement(insert)
    assert copying is not None
    if lines:
        with _traced(connection, copying.decode(), len(lines)), _cursor(connection).copy(copying) as copy:
            copy.write("".join(lines).encode())


def copied_lines(connection: Connection, copying: str, row: Row) -> list[bytes]:
    """Execute a COPY of a query on PostgreSQL, and give its lines, each with its end: cheaper than rows of values."""
    with _traced(connection, copying), _cursor(connection).copy(copying.encode(), row) as copy:
        return list(_lines_of(copy))


def _lines_of(copy: psycopg.Copy) -> Iterator[bytes]:
    """
    Give the lines of a COPY: what has come already without asking the connection to wait for each.

    Raises:
        psycopg.Error: the server stopped.
    """
    connection = copy.connection.pgconn
    while line := copy.read():
        size, more = len(line), line
        while size > 0:
            yield bytes(more)
            size, more = connection.get_copy_data(1)
        if size < 0:
            _end(connection)
            return


def _end(connection: PGconn) -> None:
    """Take all that the server says behind the last line, so that the connection is free."""
    for result in list(iter(connection.get_result, None)):
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)


def run(connection: Connection, statement: str) -> None:
    """Execute a statement on PostgreSQL that answers with nothing."""
    with _traced(connection, statement):
        _cursor(connection).execute(statement.encode())


def count_of_changed(connection: Connection, statement: str, row: Sequence[Bound | list[Bound]]) -> int:
    """Execute a statement on PostgreSQL, where a list is bound as an array, and say how many rows it changed."""
    with _traced(connection, statement):
        return _cursor(connection).execute(statement.encode(), row).rowcount


def rows_of(connection: Connection, statement: str, row: Sequence[Bound | list[Bound]]) -> list[tuple[object, ...]]:
    """Execute a query and give its rows as the driver has them."""
    with _traced(connection, statement):
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):
            return driver.execute(statement, cast("Row", row)).fetchall()
        return _cursor(connection).execute(statement.encode(), row).fetchall()


def _traced(connection: Connection, statement: str, size: int = 1) -> Inside | Nothing:
    """A span around a statement that SQLAlchemy does not see."""
    return NOTHING if here() is None else within_statement(statement, place_of(connection.engine.url), size)


def _cursor(connection: Connection) -> "psycopg.Cursor[tuple[object, ...]]":
    """The connection's one cursor for statements of ours; making one costs as much as binding a row."""
    cursor = connection.info.get(_CURSOR)
    if cursor is None:
        cursor = cast("psycopg.Connection", connection.connection.driver_connection).cursor()
        connection.info[_CURSOR] = cursor
    return cast("psycopg.Cursor[tuple[object, ...]]", cursor)


_CURSOR = "lifecycle_fsm.cursor"
