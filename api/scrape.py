"""`/metrics`: what Prometheus scrapes, behind a bearer token."""

import secrets
from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from api.live.hub import Hub
from api.threads import Threads
from lifecycle_fsm.services.gauges import Gauge

SUBSCRIPTIONS = Gauge("lifecycle_subscriptions", "Subscriptions of this process.")
GROUPS = Gauge("lifecycle_subscription_groups", "Different subscriptions of this process; each is executed once.")


class Listeners(Collector):
    """Who follows changes in this process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        """The figures now."""
        yield SUBSCRIPTIONS.family({(): self._hub.subscriptions})
        yield GROUPS.family({(): self._hub.groups})


class ScrapeDoor:
    """Answer GET with everything that is measured to whoever has the token; without a token there is no such page."""

    def __init__(self, measured: Collector, token: str | None, threads: Threads) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(measured)
        self._token = token
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if self._token is None:
            return PlainTextResponse("metrics are off; set LIFECYCLE_METRICS_TOKEN or LIFECYCLE_METRICS_PORT\n", 404)
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return PlainTextResponse("metrics need their own bearer token\n", 401, {"WWW-Authenticate": "Bearer"})
        text = await self._threads.run(generate_latest, self._registry)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})
