"""Statements counted while something runs."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import CacheStats


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that any database runs meanwhile, without those that begin and end transactions."""
    statements: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            statements.append(statement)

    with _told(note):
        yield statements


@contextmanager
def compiled() -> Iterator[Counter[str]]:
    """The statements that any database compiles and keeps meanwhile."""
    statements: Counter[str] = Counter()

    def note(_: Connection, __: object, statement: str, ___: object, context: Any, ____: object) -> None:
        if context is not None and context.compiled is not None and context.cache_hit is CacheStats.CACHE_MISS:
            statements[statement] += 1

    with _told(note):
        yield statements


@contextmanager
def _told(note: Callable[..., None]) -> Iterator[None]:
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)
