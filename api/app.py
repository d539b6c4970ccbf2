"""The web application: the GraphQL door and two probes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.console.site import console_routes
from api.download import PATH as DOWNLOAD
from api.download import HistoryDoor
from api.drain import Drain
from api.errors import internal_error
from api.gate import Gate
from api.ingest.door import PATH as INGEST
from api.ingest.door import IngestDoor
from api.limits import Limits
from api.live.hub import Hub
from api.observed import REQUEST_ID, Observed
from api.schema import make_schema
from api.scrape import Listeners, ScrapeDoor
from api.socket import SocketView
from api.threads import Threads
from api.view import GraphQLView
from lifecycle_fsm.services.gauges import Measured
from lifecycle_fsm.services.memory import settle_memory
from lifecycle_fsm.services.quick import open_quick
from lifecycle_fsm.services.readiness import not_ready
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings

GRAPHQL = "/graphql"
_MAY_SEND = [
    "Authorization",
    "Content-Type",
    "GraphQL-Cost",
    "Idempotency-Key",
    "If-None-Match",
    "Traceparent",
    "X-Request-Id",
]
_MAY_READ = ["ETag", "Retry-After", "RateLimit", "RateLimit-Policy", "Warning", "X-Request-Id"]
"""Headers of requests and of answers, for pages of other origins."""


class _Application(Starlette):
    """Route as usual, except that requests of one path go straight through the middleware to what answers them."""

    _shortened: tuple[str, ASGIApp] | None = None

    def shorten(self, path: str, answer: ASGIApp) -> None:
        """Spare requests of this path the routes and what handles their exceptions; it has neither."""
        self._shortened = path, _behind(self.user_middleware, answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        short = self._shortened
        if short is not None and scope["type"] == "http" and scope["path"] == short[0] and not scope.get("root_path"):
            await short[1](scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _behind(middleware: Sequence[Middleware], answer: ASGIApp) -> ASGIApp:
    """An application with middleware around it, the first outermost."""
    for each in reversed(middleware):
        answer = each.cls(answer, *each.args, **each.kwargs)
    return answer


def create_app(world: World, settings: Settings) -> Starlette:
    """
    Make the application: `/graphql`, `/ingest`, `/exports`, the console, and the probes.

    `/livez` says that the process is there, `/readyz` that its store is.

    Ending it closes the world's database.
    """
    threads = Threads(settings.threads)
    gate = Gate(make_schema(), world, settings, threads, Limits())
    hub, drain = Hub(gate), Drain()
    view = GraphQLView(gate, hub)
    measured, cors = Measured(world, Listeners(hub)), _cors(settings.cors_origins)
    routes = [
        Route(GRAPHQL, view),
        WebSocketRoute(GRAPHQL, SocketView(gate, hub)),
        Route(INGEST, IngestDoor(world, threads, settings.max_ingest_bytes)),
        Route("/metrics", ScrapeDoor(measured, _token(settings), threads)),
        Route(DOWNLOAD, HistoryDoor(world, threads)),
        Route("/livez", _alive, methods=["GET"]),
        Route("/readyz", _ready(world, threads, drain), methods=["GET"]),
        *console_routes(),
    ]
    app = _Application(
        routes=routes,
        lifespan=_lifespan(gate, hub),
        middleware=[Middleware(Observed, drain=drain, failed=_behind(cors, _failed)), *cors],
    )
    app.shorten(GRAPHQL, view)
    app.state.measured, app.state.drain, app.state.hub = measured, drain, hub
    return app


def _token(settings: Settings) -> str | None:
    return None if settings.metrics_token is None else settings.metrics_token.get_secret_value()


def _cors(origins: str) -> list[Middleware]:
    """Let pages of these origins ask; no cookie is ever read, so none is allowed."""
    allowed = [origin.strip() for origin in origins.split(",") if origin.strip()]
    if not allowed:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=allowed,
            allow_methods=["GET", "POST"],
            allow_headers=_MAY_SEND,
            expose_headers=_MAY_READ,
            max_age=7200,
        )
    ]


def _lifespan(gate: Gate, hub: Hub) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        gate.quick = open_quick(gate.world, gate.settings.operation_seconds)
        settle_memory()
        yield
        await hub.close()
        if gate.quick is not None:
            await gate.quick.close()
        gate.threads.close()
        gate.world.database.dispose()

    return lifespan


async def _alive(_: Request) -> Response:
    return PlainTextResponse("alive\n")


def _ready(world: World, threads: Threads, drain: Drain) -> Callable[[Request], Awaitable[Response]]:
    async def ready(_: Request) -> Response:
        reason = "the process is stopping" if drain.is_stopping else await threads.run(not_ready, world)
        return PlainTextResponse("ready\n") if reason is None else PlainTextResponse(f"{reason}\n", 503)

    return ready


async def _failed(scope: Scope, receive: Receive, send: Send) -> None:
    """Say nothing about a fault; the server's log has it."""
    body = orjson.dumps({"errors": [internal_error(scope[REQUEST_ID])]})
    await Response(body, 500, media_type="application/json")(scope, receive, send)
