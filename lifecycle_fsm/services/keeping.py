"""What accounts entered, written down as the log tells it, and held to their visits."""

import logging
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.kept_entries import follow, has_much_to_follow, set_right_after

_LOG = logging.getLogger("lifecycle_fsm.keeping")


def entries_wait(world: World) -> bool:
    """Whether so much has happened that what accounts entered should be written down."""
    with world.database.reading() as connection:
        return has_much_to_follow(connection)


def keep_entries(world: World, actor: Actor) -> bool:
    """
    Write down what one page of accounts entered, and say whether another page follows.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    with world.database.writing() as connection:
        return follow(connection)


def rebuild_entries(world: World, actor: Actor) -> int:
    """
    Write down what all accounts entered, page by page, and say how many rows were wrong.

    Reports go on meanwhile. What the log has told since it was last followed is not wrong.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    while keep_entries(world, actor):
        pass
    wrong, after = 0, UUID(int=0)
    while True:
        with world.database.writing() as connection:
            found, last = set_right_after(connection, after)
        wrong += found
        if last is None:
            break
        after = last
    if wrong:
        _LOG.warning("%d rows of what accounts entered were wrong and are right again", wrong)
    return wrong
