"""Messages do not go into the network that the worker runs in, however its address is written."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from lifecycle_fsm.background.notify.addresses import check_address, find_addresses
from lifecycle_fsm.background.notify.failures import NotDelivered
from lifecycle_fsm.background.notify.webhook import Webhook, post
from lifecycle_fsm.domain.notification import Network
from tests.background.receivers import a_receiver, status

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.2.1",
    "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fc00::1",
    "fd12::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "::127.0.0.1", "2001:0:0:0:0:0:80ff:fffe",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_and_special_addresses_are_refused(address: str) -> None:
    with pytest.raises(NotDelivered, match="private or special"):
        check_address(address, (), only_allowed=False)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_public_addresses_are_let_through(address: str) -> None:
    check_address(address, (), only_allowed=False)

    with pytest.raises(NotDelivered, match="use https"):
        check_address(address, (), only_allowed=True)


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203"])
def test_a_network_may_be_allowed(address: str) -> None:
    check_address(address, (ip_network("10.1.0.0/16"), ip_network("fd00::/8")), only_allowed=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "::1", "0"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_way_to_write_loopback_is_refused_before_a_byte_is_sent(host: str, scheme: str) -> None:
    with a_receiver() as receiver:
        written = f"[{host}]" if ":" in host else host
        hook = Webhook(f"{scheme}://{written}:{receiver.port}/", (b"k" * 24,))

        with pytest.raises(NotDelivered, match=r"private or special|use https|no address"):
            asyncio.run(post(hook, "id", 0, b"{}"))

        assert receiver.arrived == []


def answering(names: dict[str, list[str]], asked: list[str]) -> asyncio.AbstractEventLoop:
    """An event loop whose name server gives these addresses."""

    class Loop(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, host: object, port: object, **_: object) -> list[object]:  # type: ignore[override]
            asked.append(str(host))
            return [(0, 0, 0, "", (address, port)) for address in names[str(host)]]

    return Loop()


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["::ffff:169.254.169.254"]])
def test_a_name_server_that_answers_with_private_addresses_is_not_believed(answers: list[str]) -> None:
    allow: Sequence[Network] = ()
    runner = asyncio.Runner(loop_factory=lambda: answering({"evil.example": answers}, []))
    with runner, pytest.raises(NotDelivered, match="private or special"):
        runner.run(find_addresses("evil.example", 443, allow, only_allowed=False))


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    asked: list[str] = []
    with a_receiver() as receiver:
        receiver.answer = status(200)
        hook = Webhook(f"http://rebound.example:{receiver.port}/", (b"k" * 24,), (ip_network("127.0.0.0/8"),))
        with asyncio.Runner(loop_factory=lambda: answering({"rebound.example": ["127.0.0.1"]}, asked)) as runner:
            runner.run(post(hook, "id", 0, b"{}"))

        assert asked == ["rebound.example"]
        assert receiver.arrived[0].headers["host"] == f"rebound.example:{receiver.port}"
