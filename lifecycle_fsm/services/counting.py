"""Counts of accounts by stage: added up, and held to the accounts themselves."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.tally import add_up, count_anew, has_many_rows

_EVERY = timedelta(days=1)
_LOG = logging.getLogger("lifecycle_fsm.counting")


@dataclass(slots=True)
class Counting:
    """Remember when this process counted anew; that is done once a day, and by each new process."""

    world: World
    counted_at: datetime | None = None

    @property
    def is_due(self) -> bool:
        """Whether the accounts should be counted."""
        return self.counted_at is None or self.world.clock() - self.counted_at >= _EVERY

    def has_work(self) -> bool:
        """Whether there is anything to add up or to count."""
        if self.is_due:
            return True
        with self.world.database.reading() as connection:
            return has_many_rows(connection)

    def page(self, actor: Actor) -> None:
        """
        Add up, or count anew.

        Raises:
            Forbidden: the actor may not evaluate.
        """
        if self.is_due:
            self.counted_at = self.world.clock()
            recount(self.world, actor)
        else:
            fold(self.world, actor)


def fold(world: World, actor: Actor) -> None:
    """
    Put one row for each place where transactions have appended many.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    with world.database.writing() as connection:
        add_up(connection, to_ms(world.clock()))


def recount(world: World, actor: Actor) -> int:
    """
    Count the accounts in the place of what was kept, and say how many places were wrong.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    with world.database.writing() as connection:
        wrong = count_anew(connection, to_ms(world.clock()))
    if wrong:
        _LOG.warning("counts of accounts were wrong for %d stages and are right again", wrong)
    return wrong
