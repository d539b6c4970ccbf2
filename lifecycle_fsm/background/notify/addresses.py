"""Where a message may go: never into the network that this process runs in, unless somebody allowed it."""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from lifecycle_fsm.background.notify.failures import NotDelivered
from lifecycle_fsm.domain.notification import Network

Address = IPv4Address | IPv6Address

_TRANSLATED = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_LOW = (1 << 32) - 1


async def find_addresses(host: str, port: int, allow: Sequence[Network], *, only_allowed: bool) -> list[str]:
    """
    Look a host up once, and give the addresses to connect to; whoever connects must use these and not the name.

    Every form of an address is looked up, so that `2130706433` is 127.0.0.1 here, too. One
    address that may not be reached refuses the host. With `only_allowed` public
    addresses are refused, too, for nothing protects what goes there.

    Raises:
        NotDelivered: the host has no address, or one that may not be reached.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered("the host has no address") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for each in addresses:
        check_address(each, allow, only_allowed=only_allowed)
    return addresses


def check_address(text: str, allow: Sequence[Network], *, only_allowed: bool) -> None:
    """
    Stop a connection to a place where it may not go.

    Raises:
        NotDelivered: the address is private or special, and no network that is allowed has it.
    """
    address = meant(ip_address(text.partition("%")[0]))
    if any(address in network for network in allow if network.version == address.version):
        return
    if only_allowed:
        raise NotDelivered("http:// goes only to networks that the channel allows; use https://")
    if not is_public(address):
        raise NotDelivered("the host has a private or special address; the channel may allow its network")


def is_public(address: Address) -> bool:
    """Whether the address belongs to the open internet."""
    return address.is_global and not address.is_multicast and not address.is_reserved


def meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, itself where it stands for none."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    is_plain = int(address) > 1
    if address in _TRANSLATED or (address in _COMPATIBLE and is_plain):
        return IPv4Address(int(address) & _LOW)
    return address
