"""GraphQL over HTTP: one request in, one answer out."""

import asyncio
import logging
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.answering import respond
from api.errors import plain_error
from api.gate import Admitted, Gate, Prepared, limit_headers
from api.incoming import Incoming, read_incoming
from api.live.hub import Hub
from api.negotiation import MODERN, PLAIN, header_of, media_type
from api.payloads import Payload, not_run, written
from api.refusals import RequestRefused
from api.running import run_counted, too_late
from api.stream import streamed, wants_stream
from lifecycle_fsm.services.tokens import Identity

_ALLOWED = {"Allow": "GET, POST"}
_LOG = logging.getLogger("api")


class GraphQLView:
    """
    Answer GET and POST as "GraphQL over HTTP" says.

    GET only queries. Under `application/graphql-response+json` a request that did not
    run answers 400; under `application/json` 200, unless it was no GraphQL request at all.
    """

    def __init__(self, gate: Gate, hub: Hub) -> None:
        self._gate = gate
        self._hub = hub
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
        accept, authorization = header_of(request.scope, b"accept"), header_of(request.scope, b"authorization")
        streams = accept is not None and wants_stream(accept)
        form = PLAIN if streams else media_type(accept)
        identity = self._gate.recall(authorization)
        if identity is None:
            identity = await self._gate.identify(authorization, request.client.host if request.client else None)
        # One time for the request as a whole: what its body takes to arrive, its operation lacks.
        incoming: Incoming | list[Incoming] | None = None
        try:
            async with asyncio.timeout(self._settings.operation_seconds):
                incoming = await read_incoming(request, self._settings.max_body_bytes, self._settings.batch)
                if not (streams and isinstance(incoming, Incoming)):
                    return await self._run(request, incoming, identity, form)
        except TimeoutError as error:
            raise too_late(self._gate.settings) if incoming else _never_came() from error
        return await self._stream(incoming, identity)

    async def _run(
        self, request: Request, incoming: Incoming | list[Incoming], identity: Identity, form: str
    ) -> Response:
        if isinstance(incoming, Incoming):
            return await self._one(request, incoming, identity, form)
        answers = [(await self._payload(each, identity))[0] for each in incoming]
        return respond(request, answers, 200, PLAIN)

    async def _one(self, request: Request, incoming: Incoming, identity: Identity, form: str) -> Response:
        payload, headers = await self._payload(incoming, identity)
        status = 400 if form == MODERN and "data" not in payload else 200
        return respond(request, payload, status, form, headers)

    async def _stream(self, incoming: Incoming, identity: Identity) -> Response:
        prepared, headers = self._admitted(incoming, identity)
        return await streamed(self._gate, self._hub, prepared, headers)

    async def _payload(self, incoming: Incoming, identity: Identity) -> tuple[Payload, Mapping[str, str]]:
        """The answer to one request and the headers that go with it."""
        prepared, headers = self._admitted(incoming, identity)
        if not isinstance(prepared, Prepared):
            return not_run(prepared), headers
        return written(await run_counted(self._gate, prepared), prepared.extensions()), headers

    def _admitted(self, incoming: Incoming, identity: Identity) -> tuple[Admitted, Mapping[str, str]]:
        """The operation or why it cannot run, and the headers that go with the answer."""
        prepared = self._gate.prepare(incoming, identity)
        status = self._gate.take(identity, prepared) if self._gate.throttle.is_on else None
        headers = {} if status is None else dict(limit_headers(status))
        if isinstance(prepared, Prepared) and not self._gate.is_trusted(prepared):
            _LOG.warning("a document that is not trusted ran")
            headers["Warning"] = '299 - "this document is not trusted; send the id of one that is"'
        return prepared, headers


def _never_came() -> RequestRefused:
    return RequestRefused(408, "request_timed_out", "The body did not arrive in time; send it faster, or less.")


def refusal(request: Request, refused: RequestRefused) -> Response:
    """The answer to a request that was turned away."""
    error = plain_error(refused.code, refused.message)
    if refused.extensions:
        error = {**error, "extensions": {**dict(error["extensions"]), **refused.extensions}}  # type: ignore[call-overload] # an object, as plain_error writes it
    return respond(request, {"errors": [error]}, refused.status, PLAIN, refused.headers)
