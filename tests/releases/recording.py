"""Writes down every statement that the code gives to a driver, with its values, in order."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import asyncpg  # type: ignore[import-untyped] # it has no types
import orjson
import psycopg
from psycopg import sql
from sqlalchemy import Engine, event

OFTEN = 2
"""So many times a statement that only reads is kept, with its values."""
LONG = 60
_CHANGES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\b")

MIGRATED = ["migrated"]
"""Marks the instant at which the next release may bring its tables."""

Recorded = list[Any]
"""What was done, on which connection, and with what: `["do", 0, text, values, rows]`; texts by their number."""


@dataclass
class Recorder:
    """
    Keep what connections are told.

    Values are kept as what SQLite binds, a blob as `{"$hex": …}`, and on PostgreSQL as literals.
    """

    texts: dict[str, int] = field(default_factory=dict)
    done: list[Recorded] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)
    _opened: "count[int]" = field(default_factory=count)
    _asked: Counter[int] = field(default_factory=Counter)
    _idle: set[int] = field(default_factory=set)

    def opened(self, connection: object) -> None:
        """Number a connection; it may lie where one that was closed lay in memory."""
        number = self._numbers[id(connection)] = next(self._opened)
        self._idle.add(number)

    def note(self, deed: str, connection: object, statement: str, *rest: object) -> None:
        """What a connection did with a statement; one that only reads, and was done often enough, is left out."""
        number = self.texts.setdefault(statement, len(self.texts))
        self._asked[number] += 1
        if self._asked[number] > OFTEN and _only_reads(statement):
            return
        self._idle.discard(self._numbers[id(connection)])
        self.done.append([deed, self._numbers[id(connection)], number, *rest])

    def ended(self, how: str, connection: object) -> None:
        """The end of a transaction, unless nothing is left of it."""
        number = self._numbers[id(connection)]
        if number not in self._idle:
            self._idle.add(number)
            self.done.append([how, number])

    def lines(self) -> Iterator[bytes]:
        """The file: the texts by number, then what was done with them."""
        done = [self._interned(each) for each in self.done]
        yield from (orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in (list(self.texts), *done))

    def _interned(self, value: Any) -> Any:
        """The same with the number of each long text in its place."""
        if isinstance(value, list):
            return [self._interned(each) for each in value]
        if isinstance(value, dict):
            return {name: self._interned(each) for name, each in value.items()}
        if isinstance(value, str) and len(value) > LONG:
            return {"$text": self.texts.setdefault(value, len(self.texts))}
        return value


def _only_reads(statement: str) -> bool:
    reads = statement == "BEGIN" or statement.lstrip().startswith(("SELECT", "WITH", "PRAGMA"))
    return reads and not _CHANGES.search(statement)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record every connection that this process opens meanwhile."""
    recorder = Recorder()
    connect, direct = _connect_with(recorder), asyncpg.connect

    async def connect_directly(*given: Any, **named: Any) -> Any:
        connection = await direct(*given, **named)
        recorder.opened(connection)
        connection.add_query_logger(lambda record: _note_direct(recorder, connection, record))
        return connection

    event.listen(Engine, "do_connect", connect)
    asyncpg.connect = connect_directly
    try:
        yield recorder
    finally:
        asyncpg.connect = direct
        event.remove(Engine, "do_connect", connect)


def _note_direct(recorder: Recorder, connection: object, record: Any) -> None:
    values = [sql.Literal(value).as_string() for value in record.args]
    recorder.note("direct", connection, record.query, values)


def _connect_with(recorder: Recorder) -> Any:
    def connect(dialect: Any, _: object, given: Any, named: Any) -> Any:
        connection: Any
        if dialect.name == "sqlite":
            connection = sqlite3.connect(*given, **named, factory=_SqliteConnection)
        else:
            connection = _PostgresConnection.connect(*given, **named, cursor_factory=_PostgresCursor)
        connection.recorder = recorder
        recorder.opened(connection)
        return connection

    return connect


class _SqliteConnection(sqlite3.Connection):
    recorder: Recorder

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _SqliteCursor)

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor = self.cursor().execute(statement, values)
        return cursor

    def executemany(self, statement: str, rows: Any) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor = self.cursor().executemany(statement, rows)
        return cursor

    def commit(self) -> None:
        super().commit()
        self.recorder.ended("commit", self)

    def rollback(self) -> None:
        super().rollback()
        self.recorder.ended("rollback", self)


class _SqliteCursor(sqlite3.Cursor):
    connection: _SqliteConnection

    def execute(self, statement: str, values: Any = ()) -> "_SqliteCursor":
        super().execute(statement, values)
        self.connection.recorder.note("do", self.connection, statement, _bound(values), self.rowcount)
        return self

    def executemany(self, statement: str, rows: Any) -> "_SqliteCursor":
        kept = list(rows)
        super().executemany(statement, kept)
        self.connection.recorder.note("many", self.connection, statement, [_bound(row) for row in kept], self.rowcount)
        return self


def _bound(values: Sequence[object]) -> list[object]:
    return [{"$hex": value.hex()} if isinstance(value, bytes | memoryview) else value for value in values]


class _PostgresConnection(psycopg.Connection[Any]):
    recorder: Recorder

    def commit(self) -> None:
        super().commit()
        self.recorder.ended("commit", self)

    def rollback(self) -> None:
        super().rollback()
        self.recorder.ended("rollback", self)


class _PostgresCursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **how: Any) -> "_PostgresCursor":
        super().execute(query, params, **how)
        self._note("do", query, self._literals(params), self.rowcount)
        return self

    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
        kept = list(params_seq)
        super().executemany(query, kept, returning=returning)
        # With answers, the driver counts those of one row.
        rows = -1 if returning else self.rowcount
        self._note("many", query, [self._literals(row) for row in kept], rows)

    @contextmanager
    def copy(self, statement: Any, params: Any = None, *, writer: Any = None) -> Iterator[Any]:
        with super().copy(statement, params, writer=writer) as copy:
            tee = _Tee(copy)
            yield tee
        self._note("copy", statement, b"".join(tee.written).decode())

    def _note(self, deed: str, query: Any, *rest: object) -> None:
        recorder = getattr(self.connection, "recorder", None)
        if recorder is not None:
            text = query.decode() if isinstance(query, bytes) else str(query)
            recorder.note(deed, self.connection, text, *rest)

    def _literals(self, params: Any) -> Any:
        if params is None:
            return None
        if isinstance(params, dict):
            return {str(name): self._literal(value) for name, value in params.items()}
        return [self._literal(value) for value in params]

    def _literal(self, value: object) -> str:
        return sql.Literal(value).as_string(self.connection)


@dataclass
class _Tee:
    """Pass on what is copied, and keep it."""

    copy: Any
    written: list[bytes] = field(default_factory=list)

    def write(self, data: Any) -> None:
        self.written.append(data if isinstance(data, bytes) else data.encode())
        self.copy.write(data)
