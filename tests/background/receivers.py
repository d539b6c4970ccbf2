"""Receivers of webhooks on loopback, honest ones and others."""

import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import BinaryIO, cast

Answer = Callable[["Arrived", BinaryIO], None]
"""What a receiver does with a request: writes bytes, or does not."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as it came; names of headers are in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


def status(code: int, *more: str) -> Answer:
    """Answer with a status and these header lines."""
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {code} Told", *more, "Content-Length: 0", ""))
    return lambda _, out: _write(out, head.encode())


def raw(text: bytes) -> Answer:
    """Answer with these bytes, whatever they are, and close."""
    return lambda _, out: _write(out, text)


def _write(out: BinaryIO, text: bytes) -> None:
    out.write(text)


@dataclass
class Receiver:
    """Keep what arrived, and answer it; the answer may be changed meanwhile."""

    port: int
    answer: Answer = field(default_factory=lambda: status(204))
    arrived: list[Arrived] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?x=1"

    def hang(self, _: Arrived, out: BinaryIO) -> None:
        """Send half an answer and wait."""
        out.write(b"HTTP/1.1 2")
        out.flush()
        self.ended.wait(30)


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """Listen on loopback until the test ends."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline().decode().strip()
            headers = {}
            while text := self.rfile.readline().decode().strip():
                name, _, value = text.partition(":")
                headers[name.lower()] = value.strip()
            arrived = Arrived(line, headers, self.rfile.read(int(headers.get("content-length", "0"))))
            receiver.arrived.append(arrived)
            receiver.answer(arrived, cast("BinaryIO", self.wfile))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver = Receiver(server.server_address[1])
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.ended.set()
            server.shutdown()
            thread.join()
