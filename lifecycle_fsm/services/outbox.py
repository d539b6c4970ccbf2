"""People look after the messages that did not arrive."""

from collections.abc import Sequence

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.dead_letters import DeadLetter, page_dead, purge_dead, replay_dead
from lifecycle_fsm.store.deliveries import DeliveryKey

__all__ = ["DeadLetter", "DeliveryKey", "page_dead_letters", "purge_deliveries", "replay_deliveries"]

MOST_AT_ONCE = 1_000


def page_dead_letters(world: World, actor: Actor, page: PageRequest, channel: str | None = None) -> Page[DeadLetter]:
    """
    One page of the dead letters, of one channel or of all, the newest first.

    Raises:
        Forbidden: the actor may not read.
        InvalidInput: the cursor does not belong to this list, or the channel is no name.
    """
    require(actor, Capability.READ)
    if channel is not None and take_text(channel) is None:
        raise InvalidInput(
            "the channel is no name; expected a printable text of at most 500 characters", path="channel"
        )
    with world.database.reading() as connection:
        return page_dead(connection, page, channel, actor.portfolio)


def replay_deliveries(world: World, actor: Actor, keys: Sequence[DeliveryKey]) -> tuple[DeliveryKey, ...]:
    """
    Let dead letters be tried anew; those that are not dead are left alone. Gives those that were.

    Raises:
        Forbidden: the actor may not operate.
        InvalidInput: none, or more than 1,000.
    """
    _check(actor, keys)
    with world.database.writing() as connection:
        replayed = replay_dead(connection, keys, world.clock())
        _record(world, connection, actor, AuditKind.DELIVERIES_REPLAYED, replayed)
        return replayed


def purge_deliveries(world: World, actor: Actor, keys: Sequence[DeliveryKey]) -> tuple[DeliveryKey, ...]:
    """
    Delete dead letters; those that are not dead are left alone. Gives those that were.

    Raises:
        Forbidden: the actor may not operate.
        InvalidInput: none, or more than 1,000.
    """
    _check(actor, keys)
    with world.database.writing() as connection:
        purged = purge_dead(connection, keys)
        _record(world, connection, actor, AuditKind.DELIVERIES_PURGED, purged)
        return purged


def _check(actor: Actor, keys: Sequence[DeliveryKey]) -> None:
    require(actor, Capability.OPERATE)
    if not 1 <= len(keys) <= MOST_AT_ONCE:
        raise InvalidInput(f"there are {len(keys)} deliveries; expected 1 to {MOST_AT_ONCE}", path="input.ids")


def _record(world: World, connection: Connection, actor: Actor, kind: AuditKind, keys: Sequence[DeliveryKey]) -> None:
    """Keep who did it, and to how many messages of each channel."""
    for channel in sorted({each.channel for each in keys}):
        count = sum(each.channel == channel for each in keys)
        append_entry(connection, AuditEntry(kind, actor.name, channel, world.clock(), {"messages": count}))
