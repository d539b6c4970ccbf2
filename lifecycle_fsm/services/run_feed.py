"""Changes of runs in the order in which they became visible, for whoever follows them."""

from collections.abc import Sequence

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store import run_feed
from lifecycle_fsm.store.live_place import place_in_runs
from lifecycle_fsm.store.run_feed import RunChange, RunPosition, newest_run_position, runs_after

__all__ = ["RunChange", "RunPosition", "going_runs", "run_changes_after", "run_feed_position", "run_position_of"]

MOST_GOING = 50


def run_feed_position(world: World, actor: Actor) -> RunPosition:
    """The place that lies before every change of a run that cannot be read yet."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return newest_run_position(connection)


def run_position_of(actor: Actor, cursor: str) -> RunPosition:
    """
    Give the place that a cursor names.

    Raises:
        InvalidInput: it is no cursor of changes of runs, and no live one.
    """
    require(actor, Capability.READ_HISTORY)
    return place_in_runs(cursor, "after")


def run_changes_after(world: World, actor: Actor, position: RunPosition, limit: int) -> Sequence[RunChange]:
    """Up to so many runs that changed after a place, in the order of their last changes."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return runs_after(connection, position, limit)


def going_runs(world: World, actor: Actor) -> tuple[RunPosition, Sequence[RunChange]]:
    """A place, and the runs that had not ended there, the newest 50: what changes after the place may be in them."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        position = newest_run_position(connection)
        return position, run_feed.going_runs(connection, MOST_GOING)
