"""GraphQL over HTTP: one request in, one answer out."""

import logging
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.answering import respond
from api.errors import refused_error
from api.gate import Admitted, Gate, Prepared, limit_headers
from api.incoming import asks_for_actual, incoming_from_body, incoming_from_url, read_body
from api.live.hub import Hub
from api.negotiation import MODERN, PLAIN, header_of, media_type
from api.payloads import Payload, not_run
from api.recognised import Recognised
from api.refusals import RequestRefused
from api.running import answer_of, run_counted, too_late
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
        self._recognised = Recognised()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except RequestRefused as refused:
            response = refusal(request, refused)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.scope["method"] not in ("GET", "POST"):
            message = f"The method is {request.method}; expected GET or POST."
            raise RequestRefused(405, "method_not_allowed", message, _ALLOWED)
        accept, authorization = header_of(request.scope, b"accept"), header_of(request.scope, b"authorization")
        streams = accept is not None and wants_stream(accept)
        form = PLAIN if streams else media_type(accept)
        identity = self._gate.recall(authorization)
        if identity is None:
            identity = await self._gate.identify(authorization, request.client.host if request.client else None)
        # One time for the request as a whole: what its body takes to arrive, its operation lacks.
        judged: Admitted | list[Admitted] | None = None
        try:
            with self._gate.deadlines.within():
                judged = await self._judged(request, identity)
                if isinstance(judged, list):
                    return await self._list(request, judged, identity)
                if not streams:
                    return await self._one(request, judged, identity, form)
        except TimeoutError as error:
            raise _never_came() if judged is None else too_late(self._settings) from error
        return await streamed(self._gate, self._hub, judged, self._let(identity, judged))

    async def _judged(self, request: Request, identity: Identity) -> Admitted | list[Admitted]:
        """The operation that a request asks for, or why it cannot run; a list where a list came."""
        counts = asks_for_actual(header_of(request.scope, b"graphql-cost"))
        if request.scope["method"] == "GET":
            return self._gate.prepare(incoming_from_url(request, counts_actual=counts), identity)
        body = await read_body(request, self._settings.max_body_bytes)
        known = None if counts else self._recognised.find(identity, body)
        if known is not None:
            return known
        incoming = incoming_from_body(body, self._settings.batch, counts_actual=counts)
        if isinstance(incoming, list):
            return [self._gate.prepare(each, identity) for each in incoming]
        admitted = self._gate.prepare(incoming, identity)
        if isinstance(admitted, Prepared) and not counts:
            self._recognised.keep(body, admitted)
        return admitted

    async def _list(self, request: Request, admitted: Sequence[Admitted], identity: Identity) -> Response:
        """All or nothing may run as far as points go; then each has its own answer, whatever becomes of the others."""
        headers = self._let(identity, *admitted)
        return respond(request, [await self._answer_of(each) for each in admitted], 200, PLAIN, headers)

    async def _answer_of(self, admitted: Admitted) -> Payload:
        try:
            return await self._ran(admitted)
        except RequestRefused as refused:
            return {"errors": [refused_error(refused)]}

    async def _one(self, request: Request, admitted: Admitted, identity: Identity, form: str) -> Response:
        headers = self._let(identity, admitted)
        payload = await self._ran(admitted)
        status = 400 if form == MODERN and "data" not in payload else 200
        return respond(request, payload, status, form, headers)

    async def _ran(self, admitted: Admitted) -> Payload:
        """The answer to one request."""
        if not isinstance(admitted, Prepared):
            return not_run(admitted)
        return answer_of(self._gate, admitted, await run_counted(self._gate, admitted))

    def _let(self, identity: Identity, *admitted: Admitted) -> Mapping[str, str]:
        """
        Take the points of what came in one request, and give the headers that go with its answer.

        Raises:
            RequestRefused: 429, the client has too few.
        """
        throttle = self._gate.throttle
        headers = dict(limit_headers(self._gate.take(identity, *admitted))) if throttle.is_on else {}
        for each in admitted:
            if isinstance(each, Prepared) and not each.is_trusted:
                _LOG.warning("a document that is not trusted ran")
                headers["Warning"] = '299 - "this document is not trusted; send the id of one that is"'
        return headers


def _never_came() -> RequestRefused:
    return RequestRefused(408, "request_timed_out", "The body did not arrive in time; send it faster, or less.")


def refusal(request: Request, refused: RequestRefused) -> Response:
    """The answer to a request that was turned away."""
    return respond(request, {"errors": [refused_error(refused)]}, refused.status, PLAIN, refused.headers)
