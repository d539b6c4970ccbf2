"""Checkpoints as messages of a channel of the file of notifications: a signed webhook, a chat or a mailbox."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from lifecycle_fsm.background.notify.chat import Chat, tell
from lifecycle_fsm.background.notify.events import cloud_event
from lifecycle_fsm.background.notify.failures import NotDelivered
from lifecycle_fsm.background.notify.posting import Receiver
from lifecycle_fsm.background.notify.webhook import Webhook, post
from lifecycle_fsm.background.shipping.destination import NotShipped, name_of
from lifecycle_fsm.store.checkpoints import StoredCheckpoint


@dataclass(frozen=True, slots=True)
class ToChannel:
    """A channel by its name, and how it is reached."""

    channel: str
    receiver: Receiver
    clock: Callable[[], datetime]

    @property
    def name(self) -> str:
        """The channel."""
        return f"channel {self.channel}"

    def take(self, checkpoint: StoredCheckpoint) -> None:
        """Send it; a receiver tells one that comes twice by its id, and its bytes are the same."""
        try:
            asyncio.run(self._send(checkpoint))
        except NotDelivered as error:
            raise NotShipped(error.reason) from error

    def look(self, _: Sequence[StoredCheckpoint]) -> None:
        """A receiver cannot be asked."""

    async def _send(self, checkpoint: StoredCheckpoint) -> None:
        match self.receiver:
            case Webhook():
                at = int(self.clock().timestamp())
                await post(self.receiver, _id(checkpoint), at, event_of(checkpoint))
            case Chat():
                await tell(self.receiver, f"Checkpoint of {checkpoint.size:,} rows", checkpoint.note)


def event_of(checkpoint: StoredCheckpoint) -> bytes:
    """Write a checkpoint as an event."""
    data = {"size": checkpoint.size, "verifier": checkpoint.verifier, "note": checkpoint.note}
    return cloud_event("checkpoint_signed", _id(checkpoint), name_of(checkpoint), checkpoint.signed_at, data)


def _id(checkpoint: StoredCheckpoint) -> str:
    """Made of the note, so that another content is another message."""
    return str(uuid5(NAMESPACE_URL, checkpoint.note))
