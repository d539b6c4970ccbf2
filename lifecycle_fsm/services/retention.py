"""Finished work that is older than it has to be is deleted; history never is."""

from datetime import timedelta

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.retention import forget_batches, forget_messages

PAGE = 1_000
MORE = "more"


def retain_page(world: World, actor: Actor, keep: timedelta) -> str | None:
    """
    Delete messages that have left and answers to batches that are older than that, some thousand at a time.

    Gives None when nothing is left to delete.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    before = world.clock() - keep
    with world.database.writing() as connection:
        gone = [forget_messages(connection, before, PAGE), forget_batches(connection, before, PAGE)]
    return MORE if max(gone) == PAGE else None
