"""
What a process counts and times. docs/metrics.md explains each.

Labels are bounded: routes, jobs, causes and codes are ours, segments and channels are those that the operator
defined, operations are named only where their document is trusted. No label ever names an account or a person.
"""

from collections import deque
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.process_collector import ProcessCollector

from lifecycle_fsm.telemetry.lots import Done, Named, Times

OTHER = "other"
"""The label of what has no name of its own."""

disable_created_metrics()  # type: ignore[no-untyped-call]
"""No series beside each counter that says when it began; the time at which the process began says it of all."""

REGISTRY = CollectorRegistry()
"""Everything that this process counts by itself."""

_QUICK = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SLOW = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
_POINTS = (1, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000)
_MOST_NAMES = 200


class Names:
    """Let so many different texts through as labels; those that come later are `other`."""

    def __init__(self, most: int = _MOST_NAMES) -> None:
        self._most = most
        self._known: set[str] = set()
        self._lock = Lock()

    def label(self, text: str) -> str:
        """The text, or `other` where there are too many."""
        if text in self._known:
            return text
        with self._lock:
            if len(self._known) >= self._most:
                return OTHER
            self._known.add(text)
        return text


SEGMENTS, CODES, OPERATIONS = Names(), Names(), Names(1_000)


PROCESS = ProcessCollector(registry=REGISTRY)

HTTP_REQUESTS = Done(
    Named("lifecycle_http_requests", "Requests answered.", ("route", "method", "status")),
    Named("lifecycle_http_request_seconds", "Time from the head of a request to the end of its answer.", ("route",)),
    buckets=_QUICK,
    registry=REGISTRY,
)
IN_FLIGHT = deque[None]()
"""One for each request that is being answered; it needs no lock."""
HTTP_IN_FLIGHT = Gauge("lifecycle_http_requests_in_flight", "Requests being answered.", registry=REGISTRY)
HTTP_IN_FLIGHT.set_function(lambda: len(IN_FLIGHT))

ERRORS = Counter(
    "lifecycle_errors", "Errors and problems that clients were told, by code.", ("code",), registry=REGISTRY
)

OPERATIONS_RUN = Done(
    Named("lifecycle_graphql_operations", "GraphQL operations that ran.", ("operation", "type", "outcome")),
    Named("lifecycle_graphql_operation_seconds", "Time that a GraphQL operation ran.", ("operation", "type")),
    buckets=_QUICK,
    registry=REGISTRY,
)
OPERATION_POINTS = Times(
    Named("lifecycle_graphql_operation_points", "Points that an operation costs.", ("type",)),
    buckets=_POINTS,
    registry=REGISTRY,
)

TRANSITIONS = Counter(
    "lifecycle_transitions", "Moves of accounts to another stage.", ("segment", "cause"), registry=REGISTRY
)
GUARDS_REFUSED = Counter(
    "lifecycle_guards_refused",
    "Transitions that people asked for and no guard allowed.",
    ("segment",),
    registry=REGISTRY,
)
CTAS = Counter("lifecycle_ctas", "What happened to CTAs.", ("segment", "did"), registry=REGISTRY)

SWEEP_RUNS = Counter("lifecycle_sweep_runs", "Sweeps that ended.", ("outcome",), registry=REGISTRY)
SWEEP_SECONDS = Histogram("lifecycle_sweep_seconds", "Time that a sweep took.", buckets=_SLOW, registry=REGISTRY)
DISAGREEMENTS = Counter(
    "lifecycle_disagreements",
    "Accounts on which the set-wise decision and the engine differ.",
    registry=REGISTRY,
)
EVALUATION_FAILURES = Counter(
    "lifecycle_evaluation_failures", "Accounts set aside because their evaluation raised.", registry=REGISTRY
)
JOB_RUNS = Counter("lifecycle_job_runs", "Runs of what runs by itself.", ("job", "outcome"), registry=REGISTRY)
JOB_SECONDS = Histogram(
    "lifecycle_job_seconds", "Time that a run of a job took.", ("job",), buckets=_SLOW, registry=REGISTRY
)

INGEST_ROWS = Counter("lifecycle_ingest_rows", "Rows that came in.", ("kind", "result"), registry=REGISTRY)

FEED_LAG = Histogram(
    "lifecycle_feed_lag_seconds",
    "Time from the recording of a change to its delivery to subscribers.",
    buckets=_QUICK,
    registry=REGISTRY,
)
