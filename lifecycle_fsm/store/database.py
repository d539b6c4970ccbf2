"""The door to the database: transactions that write, and snapshots to read from."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import cast

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from lifecycle_fsm.domain.errors import ReadOnly, StoreFailed
from lifecycle_fsm.store.errand import heed_errands, on_errand
from lifecycle_fsm.store.failures import DRIVER_ERRORS, store_failed
from lifecycle_fsm.store.line import Line
from lifecycle_fsm.store.queue import WriterQueue
from lifecycle_fsm.store.traced import trace_statements
from lifecycle_fsm.telemetry import traces

__all__ = ["Connection", "Database", "on_commit"]

_PATIENCE_SECONDS = 30.0
_ON_CONNECT = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",
)

Deed = Callable[[], None]
_AFTER: ContextVar[list[Deed] | None] = ContextVar("after", default=None)


def on_commit(deed: Deed) -> None:
    """Do something once the transaction that is open here is committed, and never if it is not; at once if none is."""
    waiting = _AFTER.get()
    if waiting is None:
        deed()
    else:
        waiting.append(deed)


class Database:
    """
    Open transactions on one database, from any thread.

    A process keeps one of these for a SQLite file: its writers queue here, in order.
    Every driver error leaves as `StoreFailed`, whose `retryable` says whether the same
    transaction may succeed later.
    """

    def __init__(self, url: str, *, connections: int = 20) -> None:
        self.url = _parsed(url)
        self._engine = _engine(self.url, connections)
        self._writers: WriterQueue | None = None
        self._line = Line(self.url.database if self.is_sqlite else None)
        self._is_closed: Callable[[], bool] = _never
        self._rehearsal: Connection | None = None
        if self.is_sqlite:
            self._writers = WriterQueue(_PATIENCE_SECONDS)
            self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")
            self._reader = self._engine.execution_options(begin="BEGIN")
        else:
            self._writer = self._engine.execution_options(isolation_level="READ COMMITTED")
            self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a SQLite file; otherwise it is PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def is_read_only(self) -> bool:
        """Whether writers are refused at the moment."""
        return self._is_closed()

    @property
    def is_rehearsing(self) -> bool:
        """Whether everything is taken back in the end, so that nothing outside of the store may be done either."""
        return self._rehearsal is not None

    def refuse_writers(self, is_closed: Callable[[], bool]) -> None:
        """Ask this before each transaction that writes; while it says so, they are refused."""
        self._is_closed = is_closed

    def stop_if_read_only(self) -> None:
        """
        Stop whoever is about to change something.

        Raises:
            ReadOnly: the store takes no changes at the moment.
        """
        if self._is_closed():
            raise ReadOnly("the store is read-only for now; nothing was changed, try again later", retryable=True)

    @contextmanager
    def writing(self, *, though_read_only: bool = False) -> Iterator[Connection]:
        """
        Open one transaction that commits at the end, or leaves nothing behind when anything is raised.

        What is no change to what the store knows, such as a heartbeat, may go on `though_read_only`.

        Raises:
            ReadOnly: the store takes no changes at the moment.
            StoreFailed: the database refused, was busy, or could not be reached.
        """
        if self._rehearsal is not None:
            with _translated(), self._rehearsal.begin_nested():
                yield self._rehearsal
            return
        if not though_read_only:
            self.stop_if_read_only()
        with (
            _deeds(),
            traces.within("transaction"),
            self._writers.turn() if self._writers else nullcontext(),
            _translated(),
            ExitStack() as stack,
        ):
            with self._line.head():
                connection = stack.enter_context(self._writer.begin())
            with on_errand(connection):
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """
        Open one snapshot: every statement sees the same instant, and nothing is ever committed.

        Raises:
            StoreFailed: the database refused or could not be reached.
        """
        if self._rehearsal is not None:
            with _translated():
                yield self._rehearsal
            return
        with _translated(), self._reader.connect() as connection:
            # Begun here, for a statement given straight to the driver would not begin it.
            connection.begin()
            with on_errand(connection):
                yield connection

    @contextmanager
    def rehearsing(self) -> Iterator[None]:
        """
        Let what one thread does in here see its own changes, and take all of them back at the end.

        Meanwhile they hold their locks, as they would if they were meant.
        """
        with suppress(_Rehearsed), self.writing(though_read_only=True) as connection:
            self._rehearsal = connection
            try:
                yield
            finally:
                self._rehearsal = None
            raise _Rehearsed

    def load(self) -> "Load":
        """How many connections are in use and open, and how many threads wait to write."""
        pool = cast("QueuePool", self._engine.pool)
        busy = pool.checkedout()
        waiting = self._writers.waiting if self._writers else 0
        return Load(busy, pool.checkedin(), pool.size() + pool._max_overflow, waiting)

    def dispose(self) -> None:
        """Close every connection; the next transaction opens new ones."""
        self._engine.dispose()
        # After whoever writes at the moment, such as a worker that finishes its page.
        with self._writers.turn() if self._writers else nullcontext():
            self._line.close()


class _Rehearsed(Exception):
    """Ends a rehearsal, so that its transaction leaves nothing behind."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Load:
    """Connections in use, those that wait for use, the most there may be, and writers that wait for their turn."""

    busy: int
    idle: int
    most: int
    waiting_writers: int


@contextmanager
def _deeds() -> Iterator[None]:
    """Keep what is to be done after the transaction, and do it once that is committed."""
    waiting: list[Deed] = []
    token = _AFTER.set(waiting)
    try:
        yield
    finally:
        _AFTER.reset(token)
    for deed in waiting:
        deed()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DRIVER_ERRORS as error:
        raise store_failed(error) from error


def _parsed(url: str) -> URL:
    """Read an address; it is not quoted where it is refused, for it may hold a password."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreFailed(
            "the address of the database cannot be read; expected sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from error


def _engine(url: URL, connections: int) -> Engine:
    """An engine that never shows values in its errors, and on SQLite leaves BEGIN to us."""
    engine = create_engine(
        url,
        hide_parameters=True,
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
        pool_size=connections,
        max_overflow=connections,
        pool_timeout=_PATIENCE_SECONDS,
    )
    heed_errands(engine)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    if traces.are_on():
        trace_statements(engine)
    return engine


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    raw = cast("sqlite3.Connection", connection)
    # The driver's own BEGIN is deferred and ignores the busy timeout, so it is switched off.
    raw.isolation_level = None
    raw.execute(f"PRAGMA busy_timeout = {int(_PATIENCE_SECONDS * 1000)}")
    for setting in _ON_CONNECT:
        raw.execute(setting)


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("begin", "BEGIN IMMEDIATE")
    cast("sqlite3.Connection", connection.connection.driver_connection).execute(str(begin))
