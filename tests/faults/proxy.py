"""A network between a client and a PostgreSQL server that can be slow, be cut, or swallow the answer to a commit."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from threading import Event, Lock, Thread
from typing import cast

from sqlalchemy import make_url

_CHUNK = 65_536


class Weather(StrEnum):
    """What the network does."""

    FINE = "fine"
    SLOW = "slow"
    """Every answer is held back for a while."""
    CUT = "cut"
    """Every connection is closed at its next request, and none is accepted."""
    LOSES_COMMITS = "loses_commits"
    """Commits reach the server, their answers never the client: the connection is closed instead."""


class Proxy:
    """Stand between clients on a loopback port and the server; `weather` may be changed at any time."""

    def __init__(self, server: str, name: str) -> None:
        self.weather = Weather.FINE
        self.delay_seconds = 0.02
        self.commits_lost = 0
        self._server = server
        self._lock = Lock()
        self._over = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        url = make_url(name)
        self.url = url.set(host="127.0.0.1", port=self._listener.getsockname()[1], query={}).render_as_string(
            hide_password=False
        )

    def serve(self) -> None:
        """Accept clients until the proxy is closed."""
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.weather is Weather.CUT:
                client.close()
                continue
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(self._server)
            ends = (client, upstream, Event())
            Thread(target=self._requests, args=ends, daemon=True).start()
            Thread(target=self._answers, args=ends, daemon=True).start()

    def _requests(self, client: socket.socket, upstream: socket.socket, unheard: Event) -> None:
        with suppress(OSError):
            while data := client.recv(_CHUNK):
                if self.weather is Weather.CUT:
                    break
                if self.weather is Weather.LOSES_COMMITS and b"COMMIT\x00" in data:
                    unheard.set()
                upstream.sendall(data)
        _hang_up(client)
        with suppress(OSError):
            upstream.shutdown(socket.SHUT_WR)

    def _answers(self, client: socket.socket, upstream: socket.socket, unheard: Event) -> None:
        with suppress(OSError):
            while data := upstream.recv(_CHUNK):
                if unheard.is_set():
                    # The server has committed and says so; the client will never know.
                    with self._lock:
                        self.commits_lost += 1
                    break
                if self.weather is Weather.SLOW:
                    self._over.wait(self.delay_seconds)
                client.sendall(data)
        _hang_up(client)
        _hang_up(upstream)

    def close(self) -> None:
        """Accept nobody any more."""
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def a_proxy(url: str) -> Iterator[Proxy]:
    """Lend a proxy before the server's socket that the address names."""
    folder = cast("str", make_url(url).query["host"])
    proxy = Proxy(f"{folder}/.s.PGSQL.5432", url)
    thread = Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
