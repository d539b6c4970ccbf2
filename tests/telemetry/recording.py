"""Traces kept in memory, and told as trees."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from lifecycle_fsm.telemetry.spans import OtelRecorder, make_provider
from lifecycle_fsm.telemetry.traces import record_with

KEY = b"0123456789abcdef"
Told = list[str]
"""Names of spans, each moved in below the one that it is a part of, in the order of their beginnings."""


@contextmanager
def recorded(ratio: float | None = 1.0) -> Iterator[InMemorySpanExporter]:
    """Record meanwhile; whatever opens a database has to do so in here."""
    exporter = InMemorySpanExporter()
    provider = make_provider("tested", "1", ratio)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    record_with(OtelRecorder(provider, KEY))
    try:
        yield exporter
    finally:
        record_with(None)
        provider.shutdown()


def told(spans: Sequence[ReadableSpan]) -> Told:
    """The spans as one text each, moved in by two spaces a level."""
    ids = {_id(span) for span in spans}
    return [line for span in _in_order(spans) if _above(span) not in ids for line in _lines(span, spans, 0)]


def _lines(span: ReadableSpan, spans: Sequence[ReadableSpan], level: int) -> Iterator[str]:
    yield "  " * level + span.name
    for each in _in_order(spans):
        if _above(each) == _id(span):
            yield from _lines(each, spans, level + 1)


def _in_order(spans: Sequence[ReadableSpan]) -> list[ReadableSpan]:
    return sorted(spans, key=lambda span: span.start_time or 0)


def _id(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


def _above(span: ReadableSpan) -> int | None:
    return None if span.parent is None else span.parent.span_id


def without_reads(lines: Told) -> Told:
    """The same with what is read one after the other as one line, so that it is about what is written."""
    plain = [re.sub(r"^( *)SELECT .*", r"\1SELECT …", line) for line in lines]
    return [line for before, line in pairwise(["", *plain]) if line != before or "SELECT" not in line]
