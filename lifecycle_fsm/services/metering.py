"""What was written counted for the metrics, once it is committed."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from uuid import UUID

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.engine.outcomes import (
    CtaClosed,
    CtaEdited,
    CtaEscalated,
    CtaOpened,
    CtaReopened,
    CtaSuppressed,
    CtaWoken,
    Step,
)
from lifecycle_fsm.store.database import on_commit
from lifecycle_fsm.telemetry import metrics
from lifecycle_fsm.telemetry.trail import on_trail, present

_LOG = logging.getLogger("lifecycle.sweep")
_DID = {
    CtaOpened: "opened",
    CtaClosed: "closed",
    CtaSuppressed: "suppressed",
    CtaEscalated: "escalated",
    CtaReopened: "reopened",
    CtaWoken: "woken",
    CtaEdited: "edited",
}

Counts = Counter[tuple[str, str, str]]
"""How often something happened: what, in which segment, and a second label or an empty text."""


def count_steps(steps: Iterable[Step], times: int = 1) -> None:
    """Count the steps that so many accounts took, unless their transaction fails."""
    counts = _counts(steps)
    if counts:
        on_commit(partial(_add, counts, times))


def count_rows(kind: str, results: Mapping[str, int]) -> None:
    """Count rows that came in by what became of them, unless their transaction fails."""
    on_commit(partial(_add_rows, kind, results))


def count_failures(accounts: int) -> None:
    """Count accounts that were set aside."""
    if accounts:
        on_commit(partial(metrics.EVALUATION_FAILURES.inc, accounts))


def count_disagreements(accounts: int) -> None:
    """Count accounts on which the set-wise decision and the engine differ, and say it aloud."""
    if accounts:
        _LOG.error("decisions differ", extra={"fields": {"accounts": accounts}})
        on_commit(partial(metrics.DISAGREEMENTS.inc, accounts))


@contextmanager
def counted_sweep(run_id: UUID) -> Iterator[None]:
    """Time a sweep and count how it ended: finished, or interrupted, to be gone on with."""
    begun, outcome = perf_counter(), "interrupted"
    try:
        with on_trail({**present(), "run": str(run_id)}):
            yield
        outcome = "finished"
    finally:
        metrics.SWEEP_RUNS.labels(outcome).inc()
        metrics.SWEEP_SECONDS.observe(perf_counter() - begun)


def _counts(steps: Iterable[Step]) -> Counts:
    found: Counts = Counter()
    for step in steps:
        segment = step.lifecycle.segment
        if step.kind is RecordKind.MOVED:
            found["moved", segment, step.cause.value] += 1
        elif step.kind is RecordKind.REFUSED:
            found["refused", segment, ""] += 1
        for done in step.done:
            did = _DID.get(type(done))
            if did is not None:
                found["cta", segment, did] += 1
    return found


def _add(counts: Counts, times: int) -> None:
    for (what, segment, more), count in counts.items():
        label = metrics.SEGMENTS.label(segment)
        match what:
            case "moved":
                metrics.TRANSITIONS.labels(label, more).inc(count * times)
            case "refused":
                metrics.GUARDS_REFUSED.labels(label).inc(count * times)
            case _:
                metrics.CTAS.labels(label, more).inc(count * times)


def _add_rows(kind: str, results: Mapping[str, int]) -> None:
    for result, count in results.items():
        metrics.INGEST_ROWS.labels(kind, result).inc(count)
