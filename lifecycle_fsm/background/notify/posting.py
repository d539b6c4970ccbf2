"""One page of deliveries: claimed in one transaction, sent outside of any, and settled in another."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from lifecycle_fsm.background.notify.chat import Chat, check_chat, tell
from lifecycle_fsm.background.notify.failures import NotDelivered
from lifecycle_fsm.background.notify.letters import event_of, text_of, title_of
from lifecycle_fsm.background.notify.secrets import read_secret, read_signing_key
from lifecycle_fsm.background.notify.webhook import Webhook, post
from lifecycle_fsm.domain.notification import AppriseChannel, Channel, Notifications, Secret, WebhookChannel
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.deliveries import Attempt, Claimed, Letter, anything_due, claim, load_letters, settle
from lifecycle_fsm.store.outbox import TRACE
from lifecycle_fsm.telemetry.traces import NOTHING, Inside, Kind, Nothing, begun, here, within

PAGE = 100
AT_ONCE = 25
MORE = "more"
LEASE = timedelta(minutes=5)
"""Longer than a page can take: four rounds of the longest timeout."""

MOST_ATTEMPTS = 12
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=8)

Receiver = Webhook | Chat


@dataclass(frozen=True, slots=True)
class Post:
    """Deliver the messages of every channel; `chance` spreads the attempts of many messages."""

    world: World
    receivers: Mapping[str, Receiver]
    chance: Random

    def has_mail(self, channel: str) -> bool:
        """Whether a message of the channel is due."""
        with self.world.database.reading() as connection:
            return anything_due(connection, channel, self.world.clock())

    def page(self, channel: str) -> str | None:
        """Deliver up to 100 messages of a channel; None when no more are due."""
        now = self.world.clock()
        with self.world.database.writing() as connection:
            claimed = claim(connection, channel, now, now + LEASE, PAGE)
            letters = load_letters(connection, [(each.key.account_id, each.key.message_id) for each in claimed])
        if not claimed:
            return None
        errors = asyncio.run(self._send(self.receivers[channel], claimed, letters))
        done = self.world.clock()
        with self.world.database.writing() as connection:
            settle(connection, [self._attempt(each, error, done) for each, error in errors], done)
        # Behind a message that was delivered the next one of its account has its turn.
        return MORE if any(error is None for _, error in errors) else None

    async def _send(
        self, receiver: Receiver, claimed: Sequence[Claimed], letters: Mapping[UUID, Letter]
    ) -> list[tuple[Claimed, NotDelivered | None]]:
        gate, at = asyncio.Semaphore(AT_ONCE), int(self.world.clock().timestamp())

        async def one(each: Claimed) -> tuple[Claimed, NotDelivered | None]:
            letter = letters.get(each.key.message_id)
            if letter is None:
                return each, NotDelivered("the message was erased", is_final=True)
            async with gate:
                try:
                    with _traced(letter, each.key.channel):
                        await deliver(receiver, letter, at)
                except NotDelivered as error:
                    return each, error
            return each, None

        return await asyncio.gather(*(one(each) for each in claimed))

    def _attempt(self, claimed: Claimed, error: NotDelivered | None, now: datetime) -> Attempt:
        if error is None:
            return Attempt(claimed)
        is_dead = error.is_final or claimed.attempts >= MOST_ATTEMPTS
        return Attempt(claimed, error.reason, now + wait_before(claimed.attempts, self.chance), is_dead)


def _traced(letter: Letter, channel: str) -> Inside | Nothing:
    """A span around one delivery: it belongs to what caused the message, and is linked to the job that sends it."""
    cause = letter.payload.get(TRACE)
    if here() is None and cause is None:
        return NOTHING
    name, attributes = f"deliver {channel}", {"lifecycle.channel": channel, "messaging.message.id": letter.message_id}
    if isinstance(cause, str):
        return begun(name, attributes, Kind.CLIENT, cause)
    return within(name, attributes, Kind.CLIENT)


async def deliver(receiver: Receiver, letter: Letter, timestamp: int) -> None:
    """
    Send one message.

    Raises:
        NotDelivered: it was not taken.
    """
    match receiver:
        case Webhook():
            await post(receiver, str(letter.message_id), timestamp, event_of(letter))
        case Chat():
            await tell(receiver, title_of(letter), text_of(letter))


def wait_before(attempts: int, chance: Random) -> timedelta:
    """How long to wait after so many attempts: three times as long each time up to 8 h, of which half is chance."""
    wait = min(_FIRST_WAIT * float(3 ** (attempts - 1)), _LONGEST_WAIT)
    return wait * (0.5 + chance.random() / 2)


def receivers_of(notifications: Notifications) -> dict[str, Receiver]:
    """
    Read the secrets of all channels.

    Raises:
        InvalidInput: a secret is missing or none, or a channel cannot be used.
    """
    return {name: _receiver(channel) for name, channel in sorted(notifications.channels.items())}


def _receiver(channel: Channel) -> Receiver:
    match channel:
        case WebhookChannel():
            url = read_secret(channel.url) if isinstance(channel.url, Secret) else channel.url
            keys = tuple(read_signing_key(each) for each in channel.secrets)
            return Webhook(url, keys, channel.allow, channel.timeout_ms / 1000)
        case AppriseChannel():
            chat = Chat(read_secret(channel.url), channel.allow)
            check_chat(channel.name, chat)
            return chat
