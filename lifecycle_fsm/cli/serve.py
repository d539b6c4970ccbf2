"""`lifecycle-fsm serve`: the GraphQL server."""

import os
import signal
import socket
from contextlib import suppress

import typer

from lifecycle_fsm.background.worker import working
from lifecycle_fsm.bootstrap import plan_worker
from lifecycle_fsm.cli.store import bring_up_to_date, opened
from lifecycle_fsm.cli.telemetry import CannotListen, begin_logs, telling_metrics, telling_traces
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings, read_settings

WAITING_CONNECTIONS = 2048


def serve() -> None:
    """Serve GraphQL on LIFECYCLE_HOST and LIFECYCLE_PORT."""
    settings = read_settings()
    key = begin_logs(settings)
    bring_up_to_date(settings)
    with telling_traces(settings, key), opened(settings) as world, listening(settings) as listener:
        addresses = f"Console: {console_address(settings)}\nGraphQL: {graphql_address(settings)}"
        run_server(world, settings, listener, addresses)


def listening(settings: Settings) -> socket.socket:
    """
    Take the port before anything else is done.

    Raises:
        CannotListen: it is taken, or the host is not this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=WAITING_CONNECTIONS)
    except OSError as error:
        # The socket module adds the address to the reason, which is said already.
        reason = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else error.strerror
        raise CannotListen(
            f"cannot listen on {settings.host} port {settings.port} ({reason}); "
            "stop what listens there, or set LIFECYCLE_HOST or LIFECYCLE_PORT"
        ) from error


def run_server(world: World, settings: Settings, listener: socket.socket, introduction: str) -> None:
    """Serve until the process is told to stop; Ctrl-C is no error. It is introduced once no setting is in the way."""
    # The core does not know its doors, and commands that open none start faster.
    from api.app import create_app  # noqa: PLC0415
    from api.server import Server  # noqa: PLC0415

    app = create_app(world, settings)
    server = Server(app, settings)
    plan = plan_worker(settings) if settings.worker and not settings.read_only else None
    typer.echo(introduction)
    # The server gives the signal on once it has ended, and by default that would end the process before its worker.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with telling_metrics(settings, app.state.measured), working(world, plan), suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def console_address(settings: Settings) -> str:
    """Where browsers find the console."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}/"


def graphql_address(settings: Settings) -> str:
    """Where clients find the server."""
    return f"{console_address(settings)}graphql"
