"""Operations that answer once: run on the server within their time, however they came."""

from hashlib import sha256
from time import perf_counter

import orjson
from graphql import ExecutionResult, OperationType

from api.context import Context
from api.cost.actual import actual
from api.gate import Gate, Prepared
from api.payloads import Answered, Payload, written
from api.refusals import RequestRefused
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.telemetry import metrics, traces
from lifecycle_fsm.telemetry.trail import note_all


async def run_once(gate: Gate, prepared: Prepared) -> Answered | ExecutionResult:
    """
    Run a query or a mutation in its time.

    Raises:
        RequestRefused: 504, it took too long; 400, it is a subscription.
    """
    try:
        with gate.deadlines.within():
            return await run_counted(gate, prepared)
    except TimeoutError as error:
        raise too_late(gate.settings) from error


async def run_counted(gate: Gate, prepared: Prepared) -> Answered | ExecutionResult:
    """
    Run a query or a mutation for a caller who looks after the time.

    Raises:
        RequestRefused: 400, it is a subscription.
    """
    if prepared.operation.operation is OperationType.SUBSCRIPTION:
        message = "A subscription needs a stream: accept text/event-stream, or connect by graphql-transport-ws."
        raise RequestRefused(400, "needs_a_stream", message)
    with _Counted(prepared), _traced(prepared):
        if prepared.operation.operation is not OperationType.QUERY:
            return await _run(gate, prepared)
        return await gate.shared.ask(prepared.question, None, lambda _: _run(gate, prepared))


def answer_of(gate: Gate, prepared: Prepared, result: Answered | ExecutionResult) -> Payload:
    """A result as clients read it, with what its operation cost; with what it came to where that is asked for."""
    if not prepared.incoming.counts_actual:
        return written(result, prepared.extensions)
    return written(result, {**prepared.extensions, "cost": prepared.cost.shown(_actual(gate, prepared, result))})


def _actual(gate: Gate, prepared: Prepared, result: Answered | ExecutionResult) -> int:
    assert prepared.document.ast is not None
    data = orjson.loads(result.data) if isinstance(result, Answered) else result.data
    return actual(gate.graphql, prepared.document.ast, prepared.operation, prepared.incoming.variables, data)


def too_late(settings: Settings) -> RequestRefused:
    """The answer to an operation whose time is over."""
    message = (
        f"The operation took longer than {settings.operation_seconds} s; ask for less. A mutation may "
        "have been done: send it again with the same idempotency key."
    )
    return RequestRefused(504, "operation_timed_out", message, None, {"retryable": True})


class _Counted:
    """Time an operation and count how it ended: `ok` where it ran, whatever its fields say, else `failed`."""

    __slots__ = ("_begun", "_kind", "_label")

    def __init__(self, prepared: Prepared) -> None:
        self._label, self._kind = prepared.label, prepared.operation.operation.value
        note_all(prepared.line)
        metrics.OPERATION_POINTS.note(prepared.cost.requested, self._kind)

    def __enter__(self) -> "_Counted":
        """Begin."""
        self._begun = perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Count it."""
        outcome = "ok" if kind is None else "failed"
        metrics.OPERATIONS_RUN.note(perf_counter() - self._begun, self._label, self._kind, outcome)


def _traced(prepared: Prepared) -> traces.Inside | traces.Nothing:
    """A span around an operation; it is called by its own name where metrics do so, for clients may choose any."""
    if traces.here() is None:
        return traces.NOTHING
    kind = prepared.operation.operation.value
    about = {
        "graphql.operation.type": kind,
        "graphql.operation.name": prepared.line["operation"],
        "lifecycle.graphql.document.sha256": sha256(prepared.text.encode()).hexdigest(),
        "lifecycle.graphql.cost": prepared.cost.requested,
    }
    return traces.within(kind if prepared.label == metrics.OTHER else f"{kind} {prepared.label}", about)


async def _run(gate: Gate, prepared: Prepared) -> Answered | ExecutionResult:
    async def context() -> Context:
        made = gate.context_for(prepared.identity)
        if prepared.document.asks_for_cursor:
            # Before anything else is read: what the answer lacks must come after it.
            await made.note_live_cursor()
        return made

    return await gate.executor.execute(prepared.document, prepared.operation, prepared.incoming.variables, context)
