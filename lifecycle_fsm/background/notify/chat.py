"""A message for people is sent through Apprise, which knows a hundred chats and mail."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

from lifecycle_fsm.background.notify.addresses import find_addresses
from lifecycle_fsm.background.notify.failures import NotDelivered
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.notification import Network


class _Plugin(Protocol):
    host: str | None

    def notify(self, *, body: str, title: str) -> bool:
        """Send; False where it was not taken."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat or a mailbox, by its Apprise URL; and the networks that it may be in."""

    url: str = field(repr=False)
    allow: tuple[Network, ...] = ()
    timeout_seconds: float = 30.0


def check_chat(name: str, chat: Chat) -> None:
    """
    Look at a channel before the first message.

    Raises:
        InvalidInput: Apprise is not installed, or does not know such an address.
    """
    if _plugin(chat.url) is None:
        raise InvalidInput(f"channel {name!r}: Apprise does not know such an address", path="notifications")


async def tell(chat: Chat, title: str, text: str) -> None:
    """
    Send a message to people.

    Raises:
        NotDelivered: it was not taken.
    """
    plugin = _plugin(chat.url)
    if plugin is None:
        raise NotDelivered("Apprise does not know such an address")
    await _check_host(plugin, chat.allow)
    try:
        async with asyncio.timeout(chat.timeout_seconds):
            taken = await asyncio.to_thread(plugin.notify, body=text or title, title=title)
    except TimeoutError as error:
        raise NotDelivered(f"no answer within {chat.timeout_seconds:g} s") from error
    except Exception as error:
        raise NotDelivered(f"the plugin failed ({type(error).__name__})") from error
    if not taken:
        raise NotDelivered("the service did not take the message")


async def _check_host(plugin: _Plugin, allow: Sequence[Network]) -> None:
    """Services with an address of their own stand in the plugin; a host that somebody chose is looked up."""
    host = getattr(plugin, "host", None)
    if host:
        await find_addresses(host, 443, allow, only_allowed=False)


def _plugin(url: str) -> _Plugin | None:
    try:
        # An extra, and slow to import.
        import apprise  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = "chats and mail need Apprise; install lifecycle-fsm[notify]"
        raise InvalidInput(message, path="notifications") from error
    # Its log repeats addresses, and those are secrets.
    logging.getLogger("apprise").disabled = True
    return cast("_Plugin | None", apprise.Apprise.instantiate(url))
