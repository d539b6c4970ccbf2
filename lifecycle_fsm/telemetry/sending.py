"""Traces on their way to a collector, in batches, beside what the process does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from lifecycle_fsm.telemetry.spans import OtelRecorder, make_provider
from lifecycle_fsm.telemetry.traces import record_with

_PATH = "/v1/traces"


@dataclass(frozen=True, slots=True)
class TracePlan:
    """
    Where traces go, and which.

    What is None is left to the variables of OpenTelemetry: `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_SAMPLER`,
    `OTEL_SERVICE_NAME`; its others, such as `OTEL_EXPORTER_OTLP_HEADERS`, count in any case.
    """

    endpoint: str | None
    ratio: float | None
    service: str | None
    version: str
    key: bytes = field(repr=False)


@contextmanager
def sending(plan: TracePlan) -> Iterator[None]:
    """Record and send meanwhile; in the end what is left is sent."""
    provider = make_provider(plan.service, plan.version, plan.ratio)
    exporter = OTLPSpanExporter(endpoint=None if plan.endpoint is None else address_of(plan.endpoint))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    record_with(OtelRecorder(provider, plan.key))
    try:
        yield
    finally:
        record_with(None)
        provider.shutdown()


def address_of(endpoint: str) -> str:
    """Where traces are posted: the path is added to an address that has none."""
    bare = endpoint.rstrip("/")
    return bare if urlsplit(bare).path.endswith(_PATH) else f"{bare}{_PATH}"
