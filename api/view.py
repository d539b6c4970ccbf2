"""GraphQL over HTTP: one request in, one answer out."""

import secrets
from collections.abc import Mapping

import orjson
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType, execute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.utils.await_maybe import await_maybe

from api.auth import actor_of
from api.context import Context
from api.documents import Document, Documents
from api.errors import plain_error, shown
from api.incoming import Incoming, read_incoming
from api.limits import Limits
from api.negotiation import MODERN, PLAIN, media_type
from api.refusals import RequestRefused
from api.threads import Threads
from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.services.tokens import actor_of_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings

_ALLOWED = {"Allow": "GET, POST"}
_ALWAYS = {"Vary": "Accept", "Cache-Control": "no-store"}


class GraphQLView:
    """
    Answer GET and POST as "GraphQL over HTTP" says.

    GET only queries. Under `application/graphql-response+json` a request that did not
    run answers 400; under `application/json` 200, unless it was no GraphQL request at all.
    """

    def __init__(
        self, schema: strawberry.Schema, world: World, settings: Settings, threads: Threads, limits: Limits
    ) -> None:
        self._schema = schema
        self._graphql = schema._schema
        self._world = world
        self._settings = settings
        self._threads = threads
        self._documents = Documents(self._graphql, limits, introspection=settings.introspection)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except RequestRefused as refused:
            response = _refusal(refused)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "POST"):
            message = f"The method is {request.method}; expected GET or POST."
            raise RequestRefused(405, "method_not_allowed", message, _ALLOWED)
        form = media_type(request.headers.get("accept"))
        actor = await actor_of(request.headers.get("authorization"), self._look_up)
        incoming = await read_incoming(request, self._settings.max_body_bytes)
        document = self._documents.read(incoming.query)
        operation = _operation(document, incoming)
        if not isinstance(operation, OperationDefinitionNode):
            return _not_run(operation, form, secrets.token_hex(8))
        return await self._run(document, operation, incoming, actor, form)

    async def _look_up(self, token: str) -> Actor:
        return await self._threads.run(actor_of_token, self._world, token)

    async def _run(
        self, document: Document, operation: OperationDefinitionNode, incoming: Incoming, actor: Actor, form: str
    ) -> Response:
        assert document.ast is not None
        result = await await_maybe(
            execute(
                self._graphql,
                document.ast,
                context_value=Context(self._world, actor, self._threads),
                variable_values=incoming.variables,
                operation_name=operation.name.value if operation.name else None,
                executor_class=self._schema.execution_context_class,
                hide_suggestions=not self._settings.introspection,
            )
        )
        return _written(result, form)


def _operation(document: Document, incoming: Incoming) -> OperationDefinitionNode | tuple[GraphQLError, ...]:
    """The operation to run, or why none may run."""
    if document.errors:
        return document.errors
    operation = document.operation(incoming.operation_name)
    if isinstance(operation, GraphQLError):
        return (operation,)
    if operation.operation is not OperationType.QUERY and not incoming.may_change:
        message = f"A {operation.operation.value} does not go by GET; send it by POST."
        raise RequestRefused(405, "method_not_allowed", message, {"Allow": "POST"})
    return operation


def _written(result: ExecutionResult, form: str) -> Response:
    request_id = secrets.token_hex(8)
    errors = result.errors or []
    if result.data is None and all(error.path is None for error in errors):
        return _not_run(tuple(errors), form, request_id)
    payload: dict[str, object] = {"data": result.data}
    if errors:
        payload["errors"] = [shown(error, request_id) for error in errors]
    return _response(payload, 200, form)


def _not_run(errors: tuple[GraphQLError, ...], form: str, request_id: str) -> Response:
    payload = {"errors": [shown(error, request_id) for error in errors]}
    return _response(payload, 400 if form == MODERN else 200, form)


def _refusal(refused: RequestRefused) -> Response:
    payload = {"errors": [plain_error(refused.code, refused.message)]}
    return _response(payload, refused.status, PLAIN, refused.headers)


def _response(
    payload: Mapping[str, object], status: int, form: str, headers: Mapping[str, str] | None = None
) -> Response:
    answer = Response(orjson.dumps(payload), status, {**_ALWAYS, **(headers or {})})
    answer.headers["Content-Type"] = f"{form}; charset=utf-8"
    return answer
