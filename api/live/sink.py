"""Where a subscription's events go: a bounded queue that its connection empties."""

import asyncio
from collections import deque
from typing import Protocol

MOST_WAITING = 1_000
"""Messages that wait for one connection at most."""

MOST_BYTES = 1_000_000
"""Bytes that wait for one connection at most, beside a single message that is larger."""


class Sink(Protocol):
    """Take the events of one subscription."""

    def next(self, payload: bytes) -> None:
        """Take one answer, as JSON."""

    def end(self, errors: bytes | None = None) -> None:
        """Take the end: with a list of errors as JSON, or without."""

    def restart(self, errors: bytes) -> None:
        """Take the end of the process."""

    def expel(self, errors: bytes) -> None:
        """Take the end of the token, and of the connection with it."""


class Waiting:
    """
    Hold messages until the connection takes them.

    A connection that does not keep up loses what waits and finds `is_overrun` set, so
    that it can say so and close: memory is bounded, and nothing is left out silently.
    """

    def __init__(self) -> None:
        self.is_overrun = False
        self._messages: deque[bytes] = deque()
        self._bytes = 0
        self._ready = asyncio.Event()
        self._closed = False

    def put(self, message: bytes) -> None:
        """Add a message, or give up on the connection when too much waits."""
        if self._closed or self.is_overrun:
            return
        if len(self._messages) >= MOST_WAITING or (self._messages and self._bytes + len(message) > MOST_BYTES):
            self.is_overrun = True
            self._messages.clear()
        else:
            self._messages.append(message)
            self._bytes += len(message)
        self._ready.set()

    def close(self) -> None:
        """Nothing comes any more; what waits is still taken."""
        self._closed = True
        self._ready.set()

    async def take(self, patience: float | None = None) -> bytes | None:
        """
        Give the next message, None at the end or when the connection is overrun.

        Raises:
            TimeoutError: nothing came for so many seconds.
        """
        while not self._messages and not self._closed and not self.is_overrun:
            self._ready.clear()
            await asyncio.wait_for(self._ready.wait(), patience)
        if not self._messages:
            return None
        message = self._messages.popleft()
        self._bytes -= len(message)
        return message
