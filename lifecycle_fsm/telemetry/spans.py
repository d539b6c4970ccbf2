"""Traces sent to a collector by OTLP: the only importer of OpenTelemetry, and only where traces are on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from lifecycle_fsm.telemetry.logs import pseudonym
from lifecycle_fsm.telemetry.traces import Attributes, Kind, Recorder, Span
from lifecycle_fsm.telemetry.trail import Private

if TYPE_CHECKING:
    from opentelemetry.trace import Span as OtelSpan

_KINDS = {
    Kind.INTERNAL: SpanKind.INTERNAL,
    Kind.SERVER: SpanKind.SERVER,
    Kind.CLIENT: SpanKind.CLIENT,
    Kind.CONSUMER: SpanKind.CONSUMER,
}
_PROPAGATOR = TraceContextTextMapPropagator()
_PARENT = "traceparent"
_LONGEST_VALUE = 4_000
_SCOPE = "lifecycle_fsm"
_NOBODY = "unknown_service"

OUR_NAME = "lifecycle-fsm"
"""What a process is called where nobody says otherwise."""


def make_provider(service: str | None, version: str, ratio: float | None) -> TracerProvider:
    """
    A provider that chooses so large a share of the traces that begin here.

    What is None is left to `OTEL_SERVICE_NAME` and `OTEL_TRACES_SAMPLER`; without those we are called
    `lifecycle-fsm`, and every trace is chosen. Who goes on with a trace of somebody else follows their choice.
    """
    resource = Resource.create({SERVICE_VERSION: version})
    if service is not None or str(resource.attributes[SERVICE_NAME]).startswith(_NOBODY):
        resource = resource.merge(Resource({SERVICE_NAME: service or OUR_NAME}))
    sampler: Sampler | None = None if ratio is None else ParentBased(TraceIdRatioBased(ratio))
    limits = SpanLimits(max_attribute_length=_LONGEST_VALUE)
    return TracerProvider(sampler, resource, shutdown_on_exit=False, span_limits=limits)


class OtelRecorder:
    """Record by OpenTelemetry; `key` turns accounts and people into the pseudonyms of the log."""

    def __init__(self, provider: TracerProvider, key: bytes) -> None:
        self._tracer: Tracer = provider.get_tracer(_SCOPE)
        self._key = key

    def begin(
        self, name: str, attributes: Attributes, kind: Kind, above: str | None, beside: Span | None = None
    ) -> Span:
        """Begin a trace, or go on with another; a `traceparent` that is none counts as absent."""
        context = _PROPAGATOR.extract({} if above is None else {_PARENT: above})
        links = [Link(beside.raw.get_span_context())] if isinstance(beside, _Recorded) else []
        begun = self._tracer.start_span(
            name, context, _KINDS[kind], self.shown(attributes), links, record_exception=False
        )
        return _Recorded(begun, self)

    def below(self, parent: "OtelSpan", name: str, attributes: Attributes, kind: Kind) -> Span:
        """Begin a part of a span."""
        context = set_span_in_context(parent)
        begun = self._tracer.start_span(name, context, _KINDS[kind], self.shown(attributes), record_exception=False)
        return _Recorded(begun, self)

    def shown(self, attributes: Attributes) -> dict[str, str | bool | int | float | Sequence[str]]:
        """Values as they may be seen."""
        return {name: self._value(value) for name, value in attributes.items() if value is not None}

    def _value(self, value: object) -> str | bool | int | float | Sequence[str]:
        if isinstance(value, Private):
            return pseudonym(self._key, value.kind, value.value)
        if isinstance(value, str | bool | int | float):
            return value
        return [str(each) for each in value] if isinstance(value, list | tuple | set | frozenset) else str(value)


class _Recorded:
    """A span of OpenTelemetry."""

    __slots__ = ("_recorder", "raw")

    def __init__(self, raw: "OtelSpan", recorder: OtelRecorder) -> None:
        self.raw = raw
        self._recorder = recorder

    @property
    def trace_id(self) -> str:
        return f"{self.raw.get_span_context().trace_id:032x}"

    @property
    def is_recorded(self) -> bool:
        return self.raw.is_recording()

    @property
    def traceparent(self) -> str:
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, set_span_in_context(self.raw))
        return carrier[_PARENT]

    def child(self, name: str, attributes: Attributes, kind: Kind) -> Span:
        return self._recorder.below(self.raw, name, attributes, kind)

    def tell(self, attributes: Attributes) -> None:
        self.raw.set_attributes(self._recorder.shown(attributes))

    def fail(self, error: str) -> None:
        self.raw.set_attribute("error.type", error)
        self.raw.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        self.raw.end()


def recorder_of(provider: TracerProvider, key: bytes) -> Recorder:
    """What records with this provider."""
    return OtelRecorder(provider, key)
