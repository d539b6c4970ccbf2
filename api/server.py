"""The HTTP server, which leaves in steps: not ready, subscriptions ended, nothing new, then the end."""

import logging
import signal
import socket
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from api.drain import Drain
from api.gathering import GatheringProtocol
from api.live.hub import Hub
from lifecycle_fsm.settings import Settings

_TO_END = 5
_LOG = logging.getLogger("api.server")


class Server(uvicorn.Server):
    """Serve until SIGTERM, then so many seconds more; a second signal or Ctrl-C ends the wait."""

    def __init__(self, app: Starlette, settings: Settings) -> None:
        super().__init__(_config(app, settings))
        self._drain: Drain = app.state.drain
        self._hub: Hub = app.state.hub
        self._seconds = settings.drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to leave, or leave at once."""
        if sig != signal.SIGTERM or self._drain.is_stopping or not self._seconds:
            self._drain.begin()
            super().handle_exit(sig, frame)
            return
        self._drain.begin()
        _LOG.info("stopping", extra={"fields": {"drain_seconds": self._seconds}})

    async def on_tick(self, counter: int) -> bool:
        """Leave once the wait is over."""
        if self._drain.has_lasted(self._seconds):
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what lasts, so that the rest ends by itself."""
        self._hub.end_streams()
        await super().shutdown(sockets)


def _config(app: Starlette, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,  # ours is set up already
        http=GatheringProtocol,
        access_log=False,  # its place is taken by our own line for each request
        ws="websockets-sansio",
        ws_max_size=settings.max_body_bytes,
        timeout_keep_alive=settings.keep_alive_seconds,
        ws_per_message_deflate=False,  # which costs more memory for each client than all the rest
        timeout_graceful_shutdown=int(settings.operation_seconds) + _TO_END,
    )
