"""Spans around the statements that SQLAlchemy executes, and where a database is, in the words of traces."""

from functools import lru_cache
from typing import cast

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from lifecycle_fsm.telemetry.statements import begin_statement
from lifecycle_fsm.telemetry.traces import Attributes, Span, here, word_for

_SPAN = "lifecycle_fsm.span"


@lru_cache(maxsize=64)
def place_of(url: URL) -> Attributes:
    """Where a database is: its kind, its name, its host; of a file only its own name."""
    if url.get_backend_name() == "sqlite":
        return {"db.system.name": "sqlite", "db.namespace": (url.database or "").rpartition("/")[2] or None}
    return {
        "db.system.name": "postgresql",
        "db.namespace": url.database,
        "server.address": url.host,
        "server.port": url.port,
    }


def trace_statements(engine: Engine) -> None:
    """Let every statement of the engine have a span, where one is recorded around it."""
    event.listen(engine, "before_cursor_execute", _begin)
    event.listen(engine, "after_cursor_execute", _end)
    event.listen(engine, "handle_error", _fail)


def _begin(connection: Connection, _: object, statement: str, parameters: object, *rest: object) -> None:
    above = here()
    if above is None:
        return
    is_many = bool(rest[-1])
    size = len(parameters) if is_many and isinstance(parameters, list | tuple) else 1
    connection.info[_SPAN] = begin_statement(above, statement, place_of(connection.engine.url), size)


def _end(connection: Connection, *_: object) -> None:
    span = cast("Span | None", connection.info.pop(_SPAN, None))
    if span is not None:
        span.end()


def _fail(context: ExceptionContext) -> None:
    span = None if context.connection is None else context.connection.info.pop(_SPAN, None)
    if span is not None:
        span.fail(word_for(context.original_exception))
        span.end()
