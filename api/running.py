"""Operations that answer once: run on the server within their time, however they came."""

import asyncio

from graphql import ExecutionResult, OperationType, execute
from strawberry.utils.await_maybe import await_maybe

from api.gate import Gate, Prepared
from api.refusals import RequestRefused


async def run_once(gate: Gate, prepared: Prepared) -> ExecutionResult:
    """
    Run a query or a mutation.

    Raises:
        RequestRefused: 504, it took too long; 400, it is a subscription.
    """
    if prepared.operation.operation is OperationType.SUBSCRIPTION:
        message = "A subscription needs a stream: accept text/event-stream, or connect by graphql-transport-ws."
        raise RequestRefused(400, "needs_a_stream", message)
    try:
        async with asyncio.timeout(gate.settings.operation_seconds):
            return await _run(gate, prepared)
    except TimeoutError as error:
        message = (
            f"The operation took longer than {gate.settings.operation_seconds} s; ask for less. A mutation may "
            "have been done: send it again with the same idempotency key."
        )
        raise RequestRefused(504, "operation_timed_out", message, None, {"retryable": True}) from error


async def _run(gate: Gate, prepared: Prepared) -> ExecutionResult:
    assert prepared.document.ast is not None
    name = prepared.operation.name
    context = gate.context_for(prepared.identity)
    if prepared.document.asks_for_cursor:
        # Before anything else is read: what the answer lacks must come after it.
        await context.note_live_cursor()
    return await await_maybe(
        execute(
            gate.graphql,
            prepared.document.ast,
            context_value=context,
            variable_values=prepared.incoming.variables,
            operation_name=name.value if name else None,
            executor_class=gate.schema.execution_context_class,
            hide_suggestions=not gate.settings.introspection,
        )
    )
