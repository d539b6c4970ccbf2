"""Operations that answer once: run on the server within their time, however they came."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from graphql import ExecutionResult, OperationType

from api.context import Context
from api.gate import Gate, Prepared
from api.payloads import Answered
from api.refusals import RequestRefused
from lifecycle_fsm.telemetry import metrics
from lifecycle_fsm.telemetry.trail import note


async def run_once(gate: Gate, prepared: Prepared) -> Answered | ExecutionResult:
    """
    Run a query or a mutation.

    Raises:
        RequestRefused: 504, it took too long; 400, it is a subscription.
    """
    if prepared.operation.operation is OperationType.SUBSCRIPTION:
        message = "A subscription needs a stream: accept text/event-stream, or connect by graphql-transport-ws."
        raise RequestRefused(400, "needs_a_stream", message)
    with _counted(gate, prepared):
        return await _in_time(gate, prepared)


async def _in_time(gate: Gate, prepared: Prepared) -> Answered | ExecutionResult:
    try:
        async with asyncio.timeout(gate.settings.operation_seconds):
            return await _run(gate, prepared)
    except TimeoutError as error:
        message = (
            f"The operation took longer than {gate.settings.operation_seconds} s; ask for less. A mutation may "
            "have been done: send it again with the same idempotency key."
        )
        raise RequestRefused(504, "operation_timed_out", message, None, {"retryable": True}) from error


@contextmanager
def _counted(gate: Gate, prepared: Prepared) -> Iterator[None]:
    """Time an operation and count how it ended: `ok` where it ran, whatever its fields say, else `failed`."""
    name, kind = gate.name_of(prepared), prepared.operation.operation.value
    note(operation=shown_name(prepared), kind=kind, outcome="ok")
    metrics.OPERATION_POINTS.labels(kind).observe(prepared.cost.requested)
    begun, outcome = perf_counter(), "failed"
    try:
        yield
        outcome = "ok"
    finally:
        metrics.OPERATIONS_RUN.labels(name, kind, outcome).inc()
        metrics.OPERATION_SECONDS.labels(name, kind).observe(perf_counter() - begun)


def shown_name(prepared: Prepared) -> str:
    """What the log calls an operation, at most 60 characters."""
    name = prepared.operation.name
    return "(unnamed)" if name is None else name.value[:60]


async def _run(gate: Gate, prepared: Prepared) -> Answered | ExecutionResult:
    async def context() -> Context:
        made = gate.context_for(prepared.identity)
        if prepared.document.asks_for_cursor:
            # Before anything else is read: what the answer lacks must come after it.
            await made.note_live_cursor()
        return made

    return await gate.executor.execute(prepared.document, prepared.operation, prepared.incoming.variables, context)
