"""Every request seen from outside: its id, its time, its line in the log, its place among the metrics."""

import asyncio
import logging
from time import perf_counter

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.drain import Drain
from api.negotiation import header_of
from lifecycle_fsm.telemetry import metrics, traces
from lifecycle_fsm.telemetry.trail import Fields, on_trail, request_id_of

REQUEST_ID = "lifecycle.request_id"
"""Where in its scope a request's id stands."""

_HEADER = b"x-request-id"
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
_ROUTES = frozenset({"/graphql", "/livez", "/readyz", "/metrics"})
_QUIET = frozenset({"/livez", "/readyz", "/metrics"})
_FAILED = 500
_LEFT = 499
"""As other servers say it of clients that did not wait."""
_LOG = logging.getLogger("api.access")


class Observed:
    """
    Wrap an application; what is on the way adds to the line of its request by `note`.

    A request that failed before its answer began is answered with what `failed` says.
    """

    def __init__(self, app: ASGIApp, drain: Drain, failed: ASGIApp) -> None:
        self._app, self._drain, self._failed = app, drain, failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and say afterwards what became of it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = _Request(scope, self._drain)
        with on_trail(request.fields), request.trace() as span:
            metrics.IN_FLIGHT.append(None)
            tell = request.telling(send)
            try:
                await self._app(scope, receive, tell)
            except asyncio.CancelledError:
                request.status = request.status or _LEFT
                raise
            except ClientDisconnect:
                # Nobody is left to answer, and nothing of ours is wrong.
                request.status = request.status or _LEFT
            except Exception:
                _LOG.exception("request failed")
                if request.has_no_answer:
                    await self._failed(scope, receive, tell)
                request.status = _FAILED
                raise
            finally:
                metrics.IN_FLIGHT.pop()
                request.end(span)


class _Request:
    """One request or socket, from its head to its end."""

    def __init__(self, scope: Scope, drain: Drain) -> None:
        self._drain = drain
        self._scope = scope
        self.id = scope[REQUEST_ID] = request_id_of(header_of(scope, _HEADER))
        self.status = 0
        self._method = scope.get("method", "WEBSOCKET")
        self._route = route_of(scope["path"])
        self._begun = perf_counter()
        self.fields: Fields = {"request": self.id}

    @property
    def has_no_answer(self) -> bool:
        """Whether it is a request whose answer has not begun."""
        return self.status == 0 and self._method != "WEBSOCKET"

    def trace(self) -> traces.Inside | traces.Nothing:
        """The request's span, which goes on with its client's trace; nothing around probes, nor around sockets."""
        if not traces.are_on() or self._route in _QUIET or self._method == "WEBSOCKET":
            return traces.NOTHING
        method = self._told_method()
        about = {
            "http.request.method": method if method in _METHODS else "_OTHER",
            "http.route": self._route,
            "url.scheme": self._scope.get("scheme"),
            "network.protocol.version": self._scope.get("http_version"),
        }
        above = header_of(self._scope, b"traceparent")
        return traces.begun(f"{about['http.request.method']} {self._route}", about, traces.Kind.SERVER, above)

    def telling(self, send: Send) -> Send:
        """The same, which also gives the client the request's id and keeps the status."""
        header = (_HEADER, self.id.encode())

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                # The client's next request should go to a process that stays.
                more = [header, (b"connection", b"close")] if self._drain.is_stopping else [header]
                message["headers"] = [*message.get("headers", ()), *more]
            elif message["type"] == "websocket.accept":
                self.status = 101
            elif message["type"] == "websocket.close":
                self.fields["closed"] = message.get("code", 1000)
            await send(message)

        return tell

    def end(self, span: traces.Span | None) -> None:
        """Count it, time it, and write its line."""
        seconds = perf_counter() - self._begun
        method = self._told_method()
        if span is not None:
            self._tell(span)
        timed = None if method == "WEBSOCKET" else seconds
        metrics.HTTP_REQUESTS.note(timed, self._route, method, str(self.status))
        level = logging.DEBUG if self._route in _QUIET else logging.INFO
        if _LOG.isEnabledFor(level):
            about = {"method": method, "route": self._route, "status": self.status, "ms": round(seconds * 1000, 2)}
            _LOG.log(level, "request", extra={"fields": about})

    def _told_method(self) -> str:
        return self._method if self._method in _METHODS or self._method == "WEBSOCKET" else metrics.OTHER

    def _tell(self, span: traces.Span) -> None:
        """Let the trace know what its line in the log knows."""
        span.tell({"http.response.status_code": self.status, **traces.about(self.fields)})
        if self.status >= _FAILED:
            span.fail(str(self.status))


def route_of(path: str) -> str:
    """The route that a path belongs to; ids and names in it are left out."""
    if path in _ROUTES:
        return path
    return next((each for each in ("/ingest", "/exports") if path.startswith(f"{each}/")), "console")
