"""The API on a port of this machine, as clients of other programs meet it."""

from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server
from threading import Event, Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette

from api.gathering import GatheringProtocol
from lifecycle_fsm.settings import Settings


class _Server(uvicorn.Server):
    """Say when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The host and port that the application listens on until the end."""
    listener = create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        log_level="error",
        http=GatheringProtocol,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=Settings().keep_alive_seconds,  # no client meets a connection that is being closed
    )
    server = _Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert server.listens.wait(20)
    try:
        yield "{}:{}".format(*listener.getsockname())
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
