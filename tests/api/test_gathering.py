"""What is written in one turn of the event loop leaves in one packet."""

import asyncio
from collections.abc import Callable

import pytest

from api.gathering import Gathered


class Wire(asyncio.Transport):
    """Remember what is sent, and how the connection ends."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.ends: list[str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.ends.append("closed")

    def abort(self) -> None:
        self.ends.append("aborted")


class Loop:
    """Hold what is to be called in the next turn."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    def soon(self, call: Callable[[], None]) -> None:
        self.calls.append(call)

    def turn(self) -> None:
        calls, self.calls = self.calls, []
        for call in calls:
            call()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def gathered(wire: Wire, loop: Loop) -> Gathered:
    return Gathered(wire, loop.soon)


def test_the_head_leaves_with_the_body(gathered: Gathered, wire: Wire, loop: Loop) -> None:
    gathered.write(b"head ")
    gathered.write(b"body")
    before = list(wire.sent)
    loop.turn()

    assert before == []
    assert wire.sent == [b"head body"]


def test_each_turn_sends_its_own(gathered: Gathered, wire: Wire, loop: Loop) -> None:
    gathered.write(b"one")
    loop.turn()
    gathered.write(b"two")
    loop.turn()
    loop.turn()

    assert wire.sent == [b"one", b"two"]


def test_no_more_than_65_536_bytes_are_held(gathered: Gathered, wire: Wire, loop: Loop) -> None:
    gathered.write(b"x" * 65_536)
    held = list(wire.sent)
    gathered.write(b"y")
    sent = list(wire.sent)
    loop.turn()

    assert held == []
    assert sent == [b"x" * 65_536 + b"y"]
    assert wire.sent == sent


def test_what_is_held_leaves_before_the_end(gathered: Gathered, wire: Wire, loop: Loop) -> None:
    gathered.write(b"last words")
    gathered.close()
    loop.turn()

    assert (wire.sent, wire.ends) == ([b"last words"], ["closed"])


def test_an_aborted_connection_sends_nothing_more(gathered: Gathered, wire: Wire, loop: Loop) -> None:
    gathered.write(b"never mind")
    gathered.abort()
    loop.turn()

    assert (wire.sent, wire.ends) == ([], ["aborted"])
