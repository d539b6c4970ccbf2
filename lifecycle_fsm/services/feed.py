"""Changes of all accounts in the order in which they became visible, for whoever follows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.portfolio import Standing
from lifecycle_fsm.services.history import record_of
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.feed import Position, appended_after, newest_position
from lifecycle_fsm.store.live_place import live_place, place_in_log

__all__ = ["Change", "Position", "Standing", "changes_after", "feed_position", "live_cursor", "position_of"]


@dataclass(frozen=True, slots=True)
class Change:
    """A history record, where it stands in the feed, and how its account stands by now."""

    position: Position
    record: HistoryRecord
    standing: Standing

    @property
    def cursor(self) -> str:
        """The place after this change, as text."""
        return self.position.written()


def live_cursor(world: World, actor: Actor) -> str:
    """The place that lies before everything that cannot be read yet, of the log and of runs."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return live_place(connection)


def feed_position(world: World, actor: Actor) -> Position:
    """The place in the log before everything that cannot be read yet."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return newest_position(connection)


def position_of(actor: Actor, cursor: str) -> Position:
    """
    Give the place that a cursor names.

    Raises:
        InvalidInput: it is no cursor of the feed.
    """
    require(actor, Capability.READ_HISTORY)
    return place_in_log(cursor, "after")


def changes_after(world: World, actor: Actor, position: Position, limit: int) -> Sequence[Change]:
    """Up to so many changes after a place, in order, whatever portfolio they belong to."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        found = appended_after(connection, position, limit)
    return [Change(each.position, record_of(each.link), each.standing) for each in found]
