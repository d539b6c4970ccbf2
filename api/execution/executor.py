"""Queries answered by their plans, and by graphql-core where there is none or it was surprised."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson
import strawberry
from graphql import ExecutionResult, OperationDefinitionNode, OperationType, execute
from graphql.execution.values import VariableValues
from strawberry.utils.await_maybe import await_maybe

from api.context import Context
from api.documents import Document
from api.execution.collecting import Operation, asks_of_schema, conditions_of
from api.execution.compiling import compile_operation
from api.execution.inputs import Inputs
from api.execution.plan import Plan, Run
from api.execution.reasons import NotPlannable
from api.execution.traced import TracedFields
from api.payloads import Answered
from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.telemetry.traces import here

_MOST_PLANS = 16
_TRACED = (TracedFields(),)
_LOG = logging.getLogger("api.execution")


@dataclass(slots=True)
class Counts:
    """
    How many operations ran in which way since the process began.

    `reruns` are those that a plan gave up because a value or an exception surprised it;
    `refused` those that it gave up because a service said no, which is no surprise.
    """

    planned: int = 0
    unplanned: int = 0
    refused: int = 0
    reruns: int = 0


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What is known of an operation before its variables have values."""

    operation: Operation
    inputs: Inputs
    conditions: tuple[str, ...]
    plans: dict[tuple[object, ...], Plan | None]


class Executor:
    """Run operations of one schema."""

    def __init__(self, schema: strawberry.Schema, *, introspection: bool) -> None:
        self._schema, self._graphql = schema, schema._schema
        self._hides = not introspection
        self.counts = Counts()

    async def execute(
        self,
        document: Document,
        node: OperationDefinitionNode,
        variables: dict[str, object],
        context: Callable[[], Awaitable[Context]],
    ) -> Answered | ExecutionResult:
        """Run an operation; `context` makes a new one, for what surprised a plan runs again from its beginning."""
        if node.operation is OperationType.QUERY:
            answered = await self._planned(document, node, variables, context)
            if answered is not None:
                return answered
            if asks_of_schema(node):
                return await self._about_schema(document, node, variables, context)
        return await self.interpret(document, node, variables, await context())

    async def _about_schema(
        self,
        document: Document,
        node: OperationDefinitionNode,
        variables: dict[str, object],
        context: Callable[[], Awaitable[Context]],
    ) -> Answered | ExecutionResult:
        """What the schema says about itself stays the same, so that it is written once for a document."""
        key = f"schema {node.name.value if node.name else ''}"
        kept = document.kept.get(key)
        if isinstance(kept, Answered):
            return kept
        result = await self.interpret(document, node, variables, await context())
        if result.errors or node.variable_definitions:
            return result
        answered = document.kept[key] = Answered(orjson.dumps(result.data))
        return answered

    async def interpret(
        self, document: Document, node: OperationDefinitionNode, variables: dict[str, object], context: Context
    ) -> ExecutionResult:
        """Run an operation on graphql-core."""
        assert document.ast is not None
        return await await_maybe(
            execute(
                self._graphql,
                document.ast,
                context_value=context,
                variable_values=variables,
                operation_name=node.name.value if node.name else None,
                executor_class=self._schema.execution_context_class,
                middleware=None if here() is None else _TRACED,
                hide_suggestions=self._hides,
            )
        )

    async def _planned(
        self,
        document: Document,
        node: OperationDefinitionNode,
        variables: dict[str, object],
        context: Callable[[], Awaitable[Context]],
    ) -> Answered | None:
        prepared = self._prepared(document, node)
        values = None if prepared is None else prepared.inputs.values(variables)
        plan = None if prepared is None or values is None else self._plan(prepared, values)
        if plan is None or values is None:
            self.counts.unplanned += 1
            return None
        try:
            made = await context()
            # graphql-core reads in full, so that the two can be compared.
            made.is_planned = True
            answered = Answered(orjson.dumps(await plan.run(Run(made, values)), option=orjson.OPT_UTC_Z))
        except LifecycleError:
            self.counts.refused += 1
        except Exception:  # noqa: BLE001 # whatever it is, graphql-core says it in the right place
            self.counts.reruns += 1
            _LOG.info("a plan was surprised; the operation runs again", exc_info=True)
        else:
            self.counts.planned += 1
            return answered
        return None

    def _plan(self, prepared: _Prepared, values: VariableValues) -> Plan | None:
        """The plan for an operation under these conditions, None where there is none."""
        key = tuple(values.coerced.get(name) for name in prepared.conditions)
        if key in prepared.plans:
            return prepared.plans[key]
        if len(prepared.plans) >= _MOST_PLANS:
            return None
        prepared.plans[key] = self._compiled(prepared, values)
        return prepared.plans[key]

    def _prepared(self, document: Document, node: OperationDefinitionNode) -> _Prepared | None:
        name = node.name.value if node.name else ""
        if name not in document.kept:
            assert document.ast is not None
            try:
                operation = Operation.of(self._graphql, document.ast, node)
                inputs = Inputs(self._graphql, tuple(node.variable_definitions or ()))
                document.kept[name] = _Prepared(operation, inputs, conditions_of(operation), {})
            except NotPlannable:
                document.kept[name] = None
        found = document.kept[name]
        return found if isinstance(found, _Prepared) else None

    def _compiled(self, prepared: _Prepared, values: VariableValues) -> Plan | None:
        try:
            return compile_operation(self._schema, prepared.operation, values, prepared.inputs.plain)
        except Exception as error:  # noqa: BLE001 # whatever cannot be planned, graphql-core says what is wrong with it
            _LOG.debug("no plan: %r", error)
            return None
