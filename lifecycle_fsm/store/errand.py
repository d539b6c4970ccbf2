"""Work in the database that somebody waits for; once nobody does, its statement stops and it gets no other."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock
from typing import cast

import psycopg
from sqlalchemy import Connection, Engine, event

from lifecycle_fsm.domain.errors import StoreFailed

_ASKING_SECONDS = 5.0


class Errand:
    """Transactions that one caller waits for, which may give them up from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stops: list[Callable[[], None]] = []
        self._is_over = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the transactions that this thread opens meanwhile belong to the errand."""
        token = _ERRAND.set(self)
        try:
            yield
        finally:
            _ERRAND.reset(token)

    def give_up(self) -> None:
        """Stop the statement that runs, and refuse those that would follow; this waits for the server."""
        with self._lock:
            self._is_over = True
            for stop in self._stops:
                with suppress(psycopg.Error, sqlite3.Error):
                    stop()

    def go_on(self) -> None:
        """
        Go on only while somebody waits.

        Raises:
            StoreFailed: nobody does.
        """
        if self._is_over:
            raise StoreFailed("nobody waits for the answer any more; it was given up", retryable=True)

    def begin(self, stop: Callable[[], None]) -> None:
        """
        Note how to stop a transaction.

        Raises:
            StoreFailed: nobody waits for it.
        """
        with self._lock:
            self.go_on()
            self._stops.append(stop)

    def end(self, stop: Callable[[], None]) -> None:
        """Forget it; whoever stops it at the moment is waited for, since its connection serves others next."""
        with self._lock:
            self._stops.remove(stop)


_ERRAND: ContextVar[Errand | None] = ContextVar("errand", default=None)


@contextmanager
def on_errand(connection: Connection) -> Iterator[None]:
    """
    Let whoever waits for a transaction give it up.

    Raises:
        StoreFailed: it was given up already.
    """
    errand = _ERRAND.get()
    if errand is None:
        yield
        return
    stop = _stop_of(connection)
    errand.begin(stop)
    try:
        yield
    finally:
        errand.end(stop)


def heed_errands(engine: Engine) -> None:
    """Ask before each statement whether it is still waited for."""
    event.listen(engine, "before_cursor_execute", _before)


def _before(*_: object) -> None:
    errand = _ERRAND.get()
    if errand is not None:
        errand.go_on()


def _stop_of(connection: Connection) -> Callable[[], None]:
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        return driver.interrupt
    asked = cast("psycopg.Connection[object]", driver)
    return lambda: asked.cancel_safe(timeout=_ASKING_SECONDS)
