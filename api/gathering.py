"""Connections that send in one packet what is written in one turn of the event loop: an answer's head with its body."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_HELD = 65_536


class GatheringProtocol(HttpToolsProtocol):
    """Speak HTTP as uvicorn does, which writes head and body apart: that would be two calls of the system."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin with a connection."""
        super().connection_made(Gathered(transport, self.loop.call_soon))


class Gathered(asyncio.Transport):
    """
    A connection that holds what is written until the event loop turns, or until it is more than 65,536 bytes.

    What is held leaves before the connection closes; everything else is that of the connection below.
    """

    def __init__(self, below: asyncio.Transport, soon: Callable[[Callable[[], None]], object]) -> None:
        super().__init__()
        self._below, self._soon = below, soon
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send these bytes after those before them."""
        if not self._held:
            self._soon(self._send)
        self._held.append(bytes(data))
        self._size += len(data)
        if self._size > _MOST_HELD:
            self._send()

    def close(self) -> None:
        """Send what is held, then close."""
        self._send()
        self._below.close()

    def abort(self) -> None:
        """Close without sending anything more."""
        self._held = []
        self._below.abort()

    def is_closing(self) -> bool:
        """Whether the connection is closed, or about to be."""
        return self._below.is_closing()

    def get_extra_info(self, name: str, default: object = None) -> Any:  # noqa: ANN401 # as asyncio has it
        """What is known of the connection."""
        return self._below.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another protocol have what arrives."""
        self._below.set_protocol(protocol)

    def pause_reading(self) -> None:
        """Take nothing more in for now."""
        self._below.pause_reading()

    def resume_reading(self) -> None:
        """Take in again what arrives."""
        self._below.resume_reading()

    def _send(self) -> None:
        held, self._held, self._size = self._held, [], 0
        if held:
            self._below.write(b"".join(held))
