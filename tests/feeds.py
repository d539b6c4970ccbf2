"""Waiting for the feed: what a transaction of any database of the server holds back comes when that one ends."""

from threading import Event
from time import monotonic

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.services.feed import Change, Position, changes_after
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.run_feed import RunChange, RunPosition, runs_after

BEGINNING = Position(-1)
BEGINNING_OF_RUNS = RunPosition(-1)
_READER = Actor("reader", frozenset({Role.ADMIN}))
_PATIENCE = 20.0


def settled_runs(database: Database, position: RunPosition, count: int) -> list[RunChange]:
    """The runs that changed after a place, once there are so many of them; those that there are after 20 s."""
    until, pause = monotonic() + _PATIENCE, Event()
    while len(found := _runs_after(database, position)) < count and monotonic() < until:
        pause.wait(0.02)
    return found


def _runs_after(database: Database, position: RunPosition) -> list[RunChange]:
    with database.reading() as connection:
        return list(runs_after(connection, position, 100))


def settled(world: World, position: Position, count: int) -> list[Change]:
    """The changes after a place, once there are so many of them; those that there are after 20 s."""
    until, pause = monotonic() + _PATIENCE, Event()
    while len(found := list(changes_after(world, _READER, position, 100))) < count and monotonic() < until:
        pause.wait(0.02)
    return found
