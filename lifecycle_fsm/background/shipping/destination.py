"""What a place for checkpoints has to be able to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lifecycle_fsm.services.audit.signing import read_verifier
from lifecycle_fsm.store.checkpoints import StoredCheckpoint


class NotShipped(Exception):
    """A place did not take a checkpoint; `reason` is kept and shown, so it never holds a secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a place found: what is gone of what it was given, and what has another content there."""

    removed: tuple[StoredCheckpoint, ...]
    altered: tuple[StoredCheckpoint, ...]


class Place(Protocol):
    """Somewhere outside of the store; its name tells it from others, and is the same after a restart."""

    @property
    def name(self) -> str:
        """How people and metrics call it, such as `folder /mnt/auditors`; without secrets."""

    def take(self, checkpoint: StoredCheckpoint) -> None:
        """
        Keep a checkpoint; one that is there already with the same content is fine.

        Raises:
            NotShipped: it was not taken, or another content is there under its name.
        """

    def look(self, shipped: Sequence[StoredCheckpoint]) -> Seen | None:
        """
        Hold what is there to everything that it was given; None where nobody can look.

        Raises:
            NotShipped: it did not answer.
        """


OTHER_CONTENT = "another checkpoint is there under the name {name}; compare the two before anything else"


def name_of(checkpoint: StoredCheckpoint) -> str:
    """The name of a checkpoint's file: its size, so that names sort as the log grew, and the id of its key."""
    return f"{checkpoint.size:020}-{read_verifier(checkpoint.verifier).key_id.hex()}.note"
