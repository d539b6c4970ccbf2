"""The date from which reports of one question are seen."""

from datetime import datetime

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.services.world import World


def present(world: World, actor: Actor) -> datetime:
    """
    The present instant, one for all reports that are asked for together.

    Raises:
        Forbidden: the actor may not read.
    """
    require(actor, Capability.READ)
    return world.clock()
