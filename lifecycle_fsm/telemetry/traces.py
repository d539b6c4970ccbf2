"""
Spans: what one request or one job did, and for how long each part of it.

Everybody who has something to tell asks `within` for a span. Outside of a request that is recorded it gives
`NOTHING`, so that a process without traces, or a request that was not chosen, pays for one look at a variable.
"""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from enum import StrEnum
from types import TracebackType
from typing import Protocol

from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.telemetry.trail import Fields, note, present

Attributes = Mapping[str, object]
"""Names and values after the conventions of OpenTelemetry; None is left out, `Private` becomes its pseudonym."""

NONE: Attributes = {}

_OF_TRAIL = {
    "request": "lifecycle.request.id",
    "actor": "enduser.pseudo.id",
    "roles": "user.roles",
    "account": "lifecycle.account",
    "machine": "lifecycle.machine",
    "run": "lifecycle.run.id",
    "outcome": "lifecycle.outcome",
    "code": "lifecycle.code",
}
"""What traces call that which a line of the log tells, too."""


class Kind(StrEnum):
    """On which side of a call a span stands."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    CONSUMER = "consumer"


class Span(Protocol):
    """A part of a trace, from its beginning to its end."""

    @property
    def trace_id(self) -> str:
        """The trace that it belongs to: 32 hexadecimal digits."""

    @property
    def is_recorded(self) -> bool:
        """Whether anybody will see it."""

    @property
    def traceparent(self) -> str:
        """What somebody who is called has to be told to go on with the trace. Source: W3C Trace Context."""

    def child(self, name: str, attributes: Attributes, kind: Kind) -> "Span":
        """Begin a part of it."""

    def tell(self, attributes: Attributes) -> None:
        """Add to what is known of it."""

    def fail(self, error: str) -> None:
        """Say by a short word, such as a code, that it went wrong."""

    def end(self) -> None:
        """End it now."""


class Recorder(Protocol):
    """Whoever begins traces and sends them away."""

    def begin(
        self, name: str, attributes: Attributes, kind: Kind, above: str | None, beside: Span | None = None
    ) -> Span:
        """Begin a trace, or go on with the one that a `traceparent` names; it may be linked to a span beside it."""


class _Switch:
    """Hold the recorder of this process."""

    def __init__(self) -> None:
        self.recorder: Recorder | None = None


_SWITCH = _Switch()
_HERE: ContextVar[Span | None] = ContextVar("span", default=None)


def record_with(recorder: Recorder | None) -> None:
    """Let this recorder have what is told from now on; None is nobody."""
    _SWITCH.recorder = recorder


def are_on() -> bool:
    """Whether anybody records."""
    return _SWITCH.recorder is not None


def here() -> Span | None:
    """The span that the caller is in, None where nothing is recorded."""
    return _HERE.get()


def within(name: str, attributes: Attributes = NONE, kind: Kind = Kind.INTERNAL) -> "Inside | Nothing":
    """A span around what follows, where something is recorded around the caller."""
    above = _HERE.get()
    return NOTHING if above is None else Inside(above.child(name, attributes, kind))


def begun(
    name: str, attributes: Attributes = NONE, kind: Kind = Kind.INTERNAL, above: str | None = None
) -> "Inside | Nothing":
    """A trace of its own around what follows, or more of the one that a `traceparent` names, if traces are on."""
    recorder = _SWITCH.recorder
    return NOTHING if recorder is None else Begun(recorder.begin(name, attributes, kind, above, _HERE.get()))


def about(fields: Fields) -> Attributes:
    """The same as what a request or a job noted for its line in the log."""
    return {name: fields.get(field) for field, name in _OF_TRAIL.items()}


def page_of_run(run_id: object, accounts: int | None = None) -> "Inside | Nothing":
    """A span around one page of a run, which may have others in other jobs and processes."""
    return NOTHING if here() is None else within("run page", of_run(run_id, accounts))


def of_run(run_id: object, accounts: int | None) -> Attributes:
    """The run that something is a part of, and how many accounts the part is about."""
    return {"lifecycle.run.id": str(run_id), "lifecycle.accounts": accounts}


def tell(attributes: Attributes) -> None:
    """Add to what is known of the span that the caller is in."""
    span = _HERE.get()
    if span is not None:
        span.tell(attributes)


class Inside:
    """Be in a span; whatever is raised is told by its code or its type, never in its words."""

    __slots__ = ("_span", "_token")

    def __init__(self, span: Span) -> None:
        self._span = span
        self._token: Token[Span | None] | None = None

    def __enter__(self) -> Span:
        """Begin; what is not recorded is not gone into."""
        self._token = _HERE.set(self._span if self._span.is_recorded else None)
        return self._span

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """End."""
        assert self._token is not None
        _HERE.reset(self._token)
        if error is not None:
            self._span.fail(word_for(error))
        self._span.end()


class Begun(Inside):
    """Be in the first span of this process, whose trace every line of the log names meanwhile."""

    __slots__ = ()

    def __enter__(self) -> Span:
        """Begin."""
        span = super().__enter__()
        if "trace" not in present():
            note(trace=span.trace_id)
        return span


class Nothing:
    """No span."""

    __slots__ = ()

    def __enter__(self) -> None:
        """Begin nothing."""

    def __exit__(self, *_: object) -> None:
        """End nothing."""


NOTHING = Nothing()


def word_for(error: BaseException) -> str:
    """What a trace calls an error: our code, or the type."""
    return error.code if isinstance(error, LifecycleError) else type(error).__qualname__
