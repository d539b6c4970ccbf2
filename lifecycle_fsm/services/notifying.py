"""Messages are handed to the channels that their routes lead to."""

from collections.abc import Mapping
from uuid import UUID

from lifecycle_fsm.domain.notification import About, Notifications
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.deliveries import DeliveryKey, Letter, hand_over, load_letters
from lifecycle_fsm.store.outbox import settle_messages, waiting_messages

PAGE = 500
MORE = "more"


def anything_to_route(world: World) -> bool:
    """Whether a message has not been handed to its channels."""
    with world.database.reading() as connection:
        return bool(waiting_messages(connection, world.clock(), 1))


def route_page(world: World, notifications: Notifications) -> str | None:
    """
    Hand up to 500 messages to the channels that their routes lead to, in one transaction; None when no more wait.

    A message that no route wants is done with.
    """
    now = world.clock()
    with world.database.writing() as connection:
        messages = waiting_messages(connection, now, PAGE)
        letters: Mapping[UUID, Letter] = {}
        if notifications.channels:
            letters = load_letters(connection, [(each.account_id, each.id) for each in messages])
        keys = [
            (DeliveryKey(letter.account_id, letter.message_id, channel), letter.seq)
            for letter in letters.values()
            for channel in notifications.channels_for(about(letter))
        ]
        hand_over(connection, keys, now)
        settle_messages(connection, messages, now)
    return MORE if len(messages) == PAGE else None


def about(letter: Letter) -> About:
    """What routes look at in a message."""
    payload = letter.payload
    return About(
        kind=letter.kind,
        segment=letter.segment,
        cta_type=letter.cta_type,
        priority=_text(payload.get("priority") or payload.get("after")),
        owner=_text(payload.get("owner")) or letter.csm,
        channel=_text(payload.get("channel")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
