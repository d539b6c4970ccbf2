"""Quick looks in a process that all tests of a run share."""

from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.services.audit.quick_look import QuickLook, address_of
from lifecycle_fsm.services.audit.verify import Extent, Report, verify
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database


@cache
def looker() -> ProcessPoolExecutor:
    """The process."""
    return ProcessPoolExecutor(1, get_context("spawn"))


def a_look(database: Database) -> QuickLook:
    """A quick look at a database."""
    return QuickLook(address_of(database), looker())


def verify_both_ways(world: World, actor: Actor, extent: Extent | None = None) -> Report:
    """What verification finds, which is the same with a quick look first and without one."""
    closely = verify(world, actor, extent)
    look = a_look(world.database)
    quickly = verify(world, actor, extent, look=look)
    assert quickly == closely
    assert look.held + look.doubted == 64
    return closely
