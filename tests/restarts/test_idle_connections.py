"""Who closes an idle connection: the client; a server does so after a time that is longer than balancers wait."""

import socket
import time

import pytest

from lifecycle_fsm.settings import Settings
from tests.background.processes import a_process
from tests.restarts.switch import free_port

BALANCERS_KEEP_SECONDS = 60
"""For how long nginx and AWS keep an idle connection to a server, unless they are told otherwise."""


def test_servers_keep_idle_connections_for_longer_than_balancers_do() -> None:
    assert Settings().keep_alive_seconds > BALANCERS_KEEP_SECONDS


@pytest.mark.long
def test_an_idle_connection_is_closed_once_it_has_waited_so_long(sqlite_url: str) -> None:
    port = free_port()
    with (
        a_process("serve", database_url=sqlite_url, port=str(port), keep_alive_seconds="7"),
        connected(port) as connection,
    ):
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = connection.recv(65_536)
        begun = time.monotonic()
        ended = connection.recv(1)
        waited = time.monotonic() - begun

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert ended == b""
    assert waited > 6


def connected(port: int) -> socket.socket:
    """A connection to a server; it is tried until the server is up."""
    until = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=30)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
