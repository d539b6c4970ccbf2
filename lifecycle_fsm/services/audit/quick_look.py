"""
A quick look at chains before anybody looks closely: `store.columns`, in processes of its own.

What it says is that every chain and head of a span holds. Where it does not say so, the span is followed row by
row, which names what is wrong; so it decides nothing but how long verification takes.

SQLite's locks on a file are lost when two copies of SQLite in one process open it, and this has one of its own.
So these processes do nothing else, and nothing else imports `store.columns`.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

from lifecycle_fsm.services.audit.interrupts import deaf_to_interrupts
from lifecycle_fsm.store.audit_rows import Span, count_rows
from lifecycle_fsm.store.database import Database

FEWEST_ROWS = 50_000
"""Fewer are followed row by row sooner than a process has started."""

_PACKAGES = ("adbc_driver_postgresql", "adbc_driver_sqlite", "numpy", "pyarrow")

Held = tuple[int, int]
"""So many accounts hold, with so many rows."""


class QuickLook:
    """Look at spans of the database at an address; `held` and `doubted` count them."""

    def __init__(self, address: str, processes: Executor) -> None:
        self._address = address
        self._processes = processes
        self.held = 0
        self.doubted = 0

    def at(self, span: Span) -> Held | None:
        """Wait for a process to look at a span; None where somebody has to look closely."""
        held = self._looked(span)
        if held is None:
            self.doubted += 1
        else:
            self.held += 1
        return held

    def _looked(self, span: Span) -> Held | None:
        try:
            with deaf_to_interrupts():
                asked = self._processes.submit(_look, self._address, span)
            return asked.result()
        except BrokenProcessPool:
            return None


def has_columns() -> bool:
    """Whether the packages are installed that a quick look needs."""
    return all(find_spec(name) is not None for name in _PACKAGES)


@contextmanager
def looking(database: Database, processes: int) -> Iterator[QuickLook | None]:
    """Lend so many processes that look; None without the packages, or where there are few rows."""
    with database.reading() as connection:
        is_small = count_rows(connection) < FEWEST_ROWS
    if is_small or not has_columns():
        yield None
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"))
    try:
        yield QuickLook(address_of(database), pool)
    finally:
        pool.shutdown(cancel_futures=True)


def address_of(database: Database) -> str:
    """Where another driver finds the database, with its password."""
    if database.is_sqlite:
        return f"sqlite:{Path(database.url.database or '').absolute()}"
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _look(address: str, span: Span) -> Held | None:
    from lifecycle_fsm.store.columns.look import look  # noqa: PLC0415 - an extra, and only for this process

    return look(address, span)
