"""Notifications that did not arrive."""

from datetime import datetime

import strawberry

from api.ids import global_id
from lifecycle_fsm.services.outbox import DeadLetter, DeliveryKey


def delivery_id(key: DeliveryKey) -> strawberry.ID:
    """The id of a delivery."""
    return strawberry.ID(global_id("Delivery", key.account_id, key.message_id, key.channel))


@strawberry.type(description="A notification that its channel did not take, however often it was tried.")
class DeadLetterEntry:
    """A dead letter."""

    id: strawberry.ID = strawberry.field(description="Names the delivery; at most 500 characters.")
    account_id: strawberry.ID = strawberry.field(description="The id of its account; at most 500 characters.")
    message_id: str = strawberry.field(description="The `webhook-id` that receivers see; 36 characters.")
    channel: str = strawberry.field(description="The channel; at most 100 characters.")
    kind: str = strawberry.field(description="What it tells, such as `cta_opened`; at most 100 characters.")
    revision: int = strawberry.field(description="The row of the account's history that it is about.")
    created_at: datetime = strawberry.field(description="When that happened.")
    died_at: datetime = strawberry.field(description="When it was given up.")
    attempts: int = strawberry.field(description="How often it was tried.")
    error: str = strawberry.field(description="Why the last attempt failed; at most 500 characters.")

    @classmethod
    def of(cls, letter: DeadLetter) -> "DeadLetterEntry":
        """Show a dead letter."""
        return cls(
            id=delivery_id(letter.key),
            account_id=strawberry.ID(global_id("Account", letter.key.account_id)),
            message_id=str(letter.key.message_id),
            channel=letter.key.channel,
            kind=letter.kind,
            revision=letter.seq,
            created_at=letter.created_at,
            died_at=letter.died_at,
            attempts=letter.attempts,
            error=letter.error,
        )


@strawberry.type(description="What is on its way to one channel.")
class ChannelTraffic:
    """A channel."""

    channel: str = strawberry.field(description="The channel; at most 100 characters.")
    waiting: int = strawberry.field(description="Messages that are still to be delivered.")
    dead: int = strawberry.field(description="Messages that were given up, until somebody replays or purges them.")
    lag_seconds: float = strawberry.field(
        description="How long the first message that is due has been due, in seconds; 0 where none is."
    )
