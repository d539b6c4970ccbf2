"""Waiting for the feed: what a transaction of any database of the server holds back comes when that one ends."""

from threading import Event
from time import monotonic

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.services.feed import Change, Position, changes_after
from lifecycle_fsm.services.world import World

BEGINNING = Position(-1)
_READER = Actor("reader", frozenset({Role.ADMIN}))
_PATIENCE = 20.0


def settled(world: World, position: Position, count: int) -> list[Change]:
    """The changes after a place, once there are so many of them; those that there are after 20 s."""
    until, pause = monotonic() + _PATIENCE, Event()
    while len(found := list(changes_after(world, _READER, position, 100))) < count and monotonic() < until:
        pause.wait(0.02)
    return found
