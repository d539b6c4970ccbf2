"""GraphQL over HTTP: one request in, one answer out."""

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence

from graphql import ExecutionResult, GraphQLError, execute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.utils.await_maybe import await_maybe

from api.answering import respond
from api.errors import plain_error, shown
from api.gate import Gate, Prepared, limit_headers
from api.incoming import Incoming, read_incoming
from api.negotiation import MODERN, PLAIN, media_type
from api.refusals import RequestRefused
from lifecycle_fsm.services.tokens import Identity

_ALLOWED = {"Allow": "GET, POST"}
_LOG = logging.getLogger("api")

Payload = Mapping[str, object]
"""One answer: `data`, `errors` and `extensions`."""


class GraphQLView:
    """
    Answer GET and POST as "GraphQL over HTTP" says.

    GET only queries. Under `application/graphql-response+json` a request that did not
    run answers 400; under `application/json` 200, unless it was no GraphQL request at all.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._settings = gate.settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except RequestRefused as refused:
            response = refusal(request, refused)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "POST"):
            message = f"The method is {request.method}; expected GET or POST."
            raise RequestRefused(405, "method_not_allowed", message, _ALLOWED)
        form = media_type(request.headers.get("accept"))
        identity = await self._gate.identify(request.headers.get("authorization"))
        incoming = await self._read(request)
        if isinstance(incoming, Incoming):
            return await self._one(request, incoming, identity, form)
        answers = [(await self._payload(each, identity))[0] for each in incoming]
        return respond(request, answers, 200, PLAIN)

    async def _read(self, request: Request) -> Incoming | list[Incoming]:
        try:
            async with asyncio.timeout(self._settings.operation_seconds):
                return await read_incoming(request, self._settings.max_body_bytes, self._settings.batch)
        except TimeoutError as error:
            message = "The body did not arrive in time; send it faster, or less."
            raise RequestRefused(408, "request_timed_out", message) from error

    async def _one(self, request: Request, incoming: Incoming, identity: Identity, form: str) -> Response:
        payload, headers = await self._payload(incoming, identity)
        status = 400 if form == MODERN and "data" not in payload else 200
        return respond(request, payload, status, form, headers)

    async def _payload(self, incoming: Incoming, identity: Identity) -> tuple[Payload, Mapping[str, str]]:
        """The answer to one request and the headers that go with it."""
        prepared = self._gate.prepare(incoming, identity)
        status = self._gate.take(identity, prepared) if self._gate.throttle.is_on else None
        headers = {} if status is None else dict(limit_headers(status))
        if not isinstance(prepared, Prepared):
            return not_run(prepared), headers
        if not self._gate.is_trusted(prepared):
            _LOG.warning("%s ran a document that is not trusted", identity.actor.name)
            headers["Warning"] = '299 - "this document is not trusted; send the id of one that is"'
        return written(await self._in_time(prepared)), headers

    async def _in_time(self, prepared: Prepared) -> ExecutionResult:
        try:
            async with asyncio.timeout(self._settings.operation_seconds):
                return await self._run(prepared)
        except TimeoutError as error:
            message = (
                f"The operation took longer than {self._settings.operation_seconds} s; ask for less. A mutation may "
                "have been done: send it again with the same idempotency key."
            )
            raise RequestRefused(504, "operation_timed_out", message, None, {"retryable": True}) from error

    async def _run(self, prepared: Prepared) -> ExecutionResult:
        assert prepared.document.ast is not None
        name = prepared.operation.name
        return await await_maybe(
            execute(
                self._gate.graphql,
                prepared.document.ast,
                context_value=self._gate.context_for(prepared.identity),
                variable_values=prepared.incoming.variables,
                operation_name=name.value if name else None,
                executor_class=self._gate.schema.execution_context_class,
                hide_suggestions=not self._settings.introspection,
            )
        )


def written(result: ExecutionResult) -> Payload:
    """A result as clients read it; there is no `data` where nothing ran."""
    errors = result.errors or []
    if result.data is None and all(error.path is None for error in errors):
        return not_run(errors)
    payload: dict[str, object] = {"data": result.data}
    if errors:
        request_id = secrets.token_hex(8)
        payload["errors"] = [shown(error, request_id) for error in errors]
    return payload


def not_run(errors: Sequence[GraphQLError]) -> Payload:
    """The answer to a request that did not run."""
    request_id = secrets.token_hex(8)
    return {"errors": [shown(error, request_id) for error in errors]}


def refusal(request: Request, refused: RequestRefused) -> Response:
    """The answer to a request that was turned away."""
    error = plain_error(refused.code, refused.message)
    if refused.extensions:
        error = {**error, "extensions": {**dict(error["extensions"]), **refused.extensions}}  # type: ignore[call-overload] # an object, as plain_error writes it
    return respond(request, {"errors": [error]}, refused.status, PLAIN, refused.headers)
