"""Reads straight through asyncpg, on the event loop: half the client's CPU of the way by threads and SQLAlchemy."""

from asyncio import Semaphore
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import asyncpg  # type: ignore[import-untyped] # it has no types; what is used of it has them below
import orjson
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import asyncpg as dialects

from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.traced import place_of
from lifecycle_fsm.telemetry.statements import within_statement
from lifecycle_fsm.telemetry.traces import Attributes

_SETTINGS = {
    "application_name": "lifecycle-fsm reads",
    "default_transaction_read_only": "on",
    "jit": "off",
}

Values = tuple[object, ...]
"""One row, in the order of its columns."""


class _Connection(Protocol):
    """What is used of a connection of asyncpg, which has no types of its own."""

    async def fetch(self, query: str, *args: object) -> list[Values]: ...

    async def close(self) -> None: ...

    def terminate(self) -> None: ...

    async def set_type_codec(self, name: str, **how: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Direct:
    """
    Read one PostgreSQL with at most `most` connections, each statement a snapshot of its own.

    Nothing can be written here: the server itself refuses it, and it stops a statement after `seconds`,
    should nobody be left to give it up.
    """

    dsn: str
    seconds: float
    turns: Semaphore
    idle: deque[_Connection]
    place: Attributes

    async def fetch(self, query: str, *values: object) -> Sequence[Values]:
        """
        Run one statement.

        Raises:
            StoreFailed: the database refused, or could not be reached.
        """
        with within_statement(query, self.place):
            return await self._in_turn(query, values)

    async def _in_turn(self, query: str, values: tuple[object, ...]) -> Sequence[Values]:
        async with self.turns:
            try:
                connection = self.idle.pop() if self.idle else await self._connect()
                rows = await _fetched(connection, query, values)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                raise StoreFailed(f"the database refused: {type(error).__name__}", retryable=True) from error
            self.idle.append(connection)
            return rows

    async def close(self) -> None:
        """Close every connection."""
        while self.idle:
            await self.idle.pop().close()

    async def _connect(self) -> _Connection:
        settings = {**_SETTINGS, "statement_timeout": str(max(1, round(self.seconds * 1000)))}
        connection = cast("_Connection", await asyncpg.connect(self.dsn, server_settings=settings))
        await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=orjson.loads)
        return connection


async def _fetched(connection: _Connection, query: str, values: tuple[object, ...]) -> Sequence[Values]:
    try:
        return await connection.fetch(query, *values)
    except BaseException:
        # What failed or was given up may hold half an answer.
        connection.terminate()
        raise


def open_direct(database: Database, seconds: float, most: int = 10) -> Direct | None:
    """A way to read the database directly, None for SQLite; a statement has so many seconds, the first one connects."""
    if database.is_sqlite:
        return None
    url = database.url.set(drivername="postgresql")
    dsn, place = url.render_as_string(hide_password=False), place_of(database.url)
    return Direct(dsn, seconds, Semaphore(most), deque(), place)


def direct_text(query: Select[*tuple[object, ...]]) -> str:
    """The text of a query for asyncpg; its parameters are bound in the order of their first use."""
    compiled = query.compile(dialect=dialects.dialect())  # type: ignore[no-untyped-call] # SQLAlchemy's dialects have no types
    return str(compiled)


def direct_statement(query: Select[*tuple[object, ...]]) -> tuple[str, tuple[object, ...]]:
    """The text of a query for asyncpg with the values that it holds, in their order."""
    compiled = query.compile(dialect=dialects.dialect(), compile_kwargs={"render_postcompile": True})  # type: ignore[no-untyped-call] # likewise
    values = compiled.construct_params()
    return str(compiled), tuple(values[name] for name in compiled.positiontup or ())
