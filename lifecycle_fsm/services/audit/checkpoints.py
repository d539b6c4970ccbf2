"""The log grows, and its length and root are signed, so that nobody can take rows back."""

from dataclasses import dataclass

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.audit.signing import Checkpoint, Signer, Verifier
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.checkpoints import StoredCheckpoint, add_verifier, find_checkpoint, save_checkpoint
from lifecycle_fsm.store.merkle_log import grow, log_size


@dataclass(frozen=True, slots=True)
class Grown:
    """How long the log is now, its root, and how many rows were new to it."""

    size: int
    root: bytes
    new: int


def grow_log(world: World) -> Grown:
    """Append every row that the log does not have yet; called by whatever runs in the background."""
    with world.database.writing() as connection:
        before = log_size(connection)
        edge = grow(connection)
        return Grown(edge.size, edge.root, edge.size - before)


def trust_key(world: World, actor: Actor, verifier: Verifier) -> bool:
    """
    Keep a public key, as the new one after a rotation; those before stay. False where it is kept already.

    Raises:
        Forbidden: the actor may not manage keys.
    """
    require(actor, Capability.MANAGE_TOKENS)
    now = world.clock()
    with world.database.writing() as connection:
        is_new = add_verifier(connection, str(verifier), now, actor.name)
        if is_new:
            append_entry(connection, AuditEntry(AuditKind.KEY_ADDED, actor.name, str(verifier), now, {}))
        return is_new


def sign_checkpoint(world: World, actor: Actor, signer: Signer) -> StoredCheckpoint:
    """
    Let the log grow, sign it, and keep the signed note; the key is kept at its first use.

    A log that has not grown since this key signed it gives the checkpoint of then.

    Raises:
        Forbidden: the actor may not manage keys.
    """
    trust_key(world, actor, signer.verifier)
    grown, now = grow_log(world), world.clock()
    text = Checkpoint(signer.name, grown.size, grown.root, to_ms(now)).text()
    made = StoredCheckpoint(grown.size, str(signer.verifier), now, signer.sign(text))
    with world.database.writing() as connection:
        if save_checkpoint(connection, made):
            return made
        there = find_checkpoint(connection, made.size, made.verifier)
        assert there is not None
        return there
