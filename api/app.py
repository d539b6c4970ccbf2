"""The web application: the GraphQL door and two probes."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.console.site import console_routes
from api.errors import internal_error
from api.limits import Limits
from api.schema import make_schema
from api.threads import Threads
from api.view import GraphQLView
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.services.browse import list_segments
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings

_PROBE = Actor("readiness", frozenset({Role.VIEWER}))


def create_app(world: World, settings: Settings) -> Starlette:
    """
    Make the application: `/graphql`, `/livez` (the process answers), `/readyz` (the store answers), and the console.

    Ending it closes the world's database.
    """
    threads = Threads(settings.threads)
    view = GraphQLView(make_schema(), world, settings, threads, Limits())
    routes = [
        Route("/graphql", view),
        Route("/livez", _alive, methods=["GET"]),
        Route("/readyz", _ready(world, threads), methods=["GET"]),
        *console_routes(),
    ]
    return Starlette(routes=routes, lifespan=_lifespan(world), exception_handlers={Exception: _failed})


def _lifespan(world: World) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        world.database.dispose()

    return lifespan


async def _alive(_: Request) -> Response:
    return PlainTextResponse("alive\n")


def _ready(world: World, threads: Threads) -> Callable[[Request], Awaitable[Response]]:
    async def ready(_: Request) -> Response:
        try:
            await threads.run(list_segments, world, _PROBE)
        except LifecycleError as error:
            return PlainTextResponse(f"the store does not answer: {error.code}\n", 503)
        return PlainTextResponse("ready\n")

    return ready


async def _failed(_: Request, __: Exception) -> Response:
    """Say nothing about a fault; the server's log has it."""
    body = orjson.dumps({"errors": [internal_error(secrets.token_hex(8))]})
    return Response(body, 500, media_type="application/json")
