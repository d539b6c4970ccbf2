"""Proofs that somebody else can check with a checkpoint and a page of code: of one row, and of growth."""

from base64 import b64encode
from dataclasses import dataclass
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.audit.signing import Checkpoint, read_unsigned
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.checkpoints import StoredCheckpoint, load_checkpoints
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.merkle import consistency_proof, inclusion_proof
from lifecycle_fsm.store.merkle_log import find_leaf, subtree_of

__all__ = ["Proof", "StoredCheckpoint", "list_checkpoints", "prove_growth", "prove_row"]

Proof = dict[str, object]
"""A proof as JSON values; hashes are in base64, and the checkpoints are whole signed notes."""

INCLUSION = "lifecycle-inclusion/v1"
MOST_CHECKPOINTS = 1_000
CONSISTENCY = "lifecycle-consistency/v1"


@dataclass(frozen=True, slots=True)
class _Point:
    stored: StoredCheckpoint
    said: Checkpoint


def list_checkpoints(world: World, actor: Actor) -> tuple[StoredCheckpoint, ...]:
    """
    The checkpoints that were signed, newest first; at most 1,000.

    Raises:
        Forbidden: the actor may not read history.
    """
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return tuple(sorted(load_checkpoints(connection), key=lambda each: each.size, reverse=True))[:MOST_CHECKPOINTS]


def prove_row(world: World, actor: Actor, account_id: UUID, seq: int) -> Proof:
    """
    Prove that a row of an account is in the log that the newest checkpoint signs.

    Raises:
        Forbidden: the actor may not read history.
        InvalidInput: no checkpoint covers the row.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    with world.database.reading() as connection:
        leaf = find_leaf(connection, account_id, seq)
        newest = max(_points(connection), key=lambda point: point.said.size, default=None)
        if leaf is None or newest is None or leaf.position >= newest.said.size:
            raise InvalidInput(
                f"no checkpoint covers row {seq} of this account; sign one with `lifecycle-fsm checkpoint`", path="seq"
            )
        path = inclusion_proof(leaf.position, newest.said.size, subtree_of(connection))
    return {
        "format": INCLUSION,
        "account_id": str(account_id),
        "seq": seq,
        "row_hash": leaf.hash.hex(),
        "position": leaf.position,
        "proof": [b64encode(each).decode() for each in path],
        "checkpoint": newest.stored.note,
    }


def prove_growth(world: World, actor: Actor, old: int, new: int) -> Proof:
    """
    Prove that the log of one checkpoint is the beginning of that of another; both are named by their sizes.

    Raises:
        Forbidden: the actor may not read history.
        InvalidInput: there is no checkpoint of such a size.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    with world.database.reading() as connection:
        points = {point.said.size: point for point in _points(connection)}
        for size in (old, new):
            if size not in points or size == 0:
                known = ", ".join(map(str, points)) or "none"
                raise InvalidInput(f"there is no checkpoint of {size} rows; there are: {known}", path="size")
        if old > new:
            raise InvalidInput(f"the log of {old} rows is longer than that of {new}; name the older first", path="size")
        path = consistency_proof(old, new, subtree_of(connection))
    return {
        "format": CONSISTENCY,
        "proof": [b64encode(each).decode() for each in path],
        "old_checkpoint": points[old].stored.note,
        "checkpoint": points[new].stored.note,
    }


def _points(connection: Connection) -> list[_Point]:
    found = [(stored, read_unsigned(stored.note)) for stored in load_checkpoints(connection)]
    return [_Point(stored, said) for stored, said in found if said is not None]
