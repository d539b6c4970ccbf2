"""A page of shipping: what every place lacks goes to it, oldest first, and what fails is told and tried again."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from lifecycle_fsm.background.shipping.destination import NotShipped, Place, Seen, name_of
from lifecycle_fsm.domain.errors import NotEverywhere
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.checkpoints import load_checkpoints
from lifecycle_fsm.store.shipments import load_unshipped, note_failed, note_looked, note_shipped, use_destinations

PAGE = 25
LOOK_EVERY = timedelta(hours=1)
MORE = "more"
_LOG = logging.getLogger("lifecycle.checkpoints")


class Shipping:
    """
    Take checkpoints to places outside of the store; nothing is ever given up.

    What a place has is remembered in the store, so that a run looks at what is new alone. The first
    run of a process, and one in each hour, looks at every place as well: what was removed there is
    brought back, what was altered there is told and stays as it is.
    """

    def __init__(self, world: World, places: Sequence[Place]) -> None:
        self._world = world
        self._places = places
        self._looked: dict[str, datetime] = {}
        self._used = False

    def page(self) -> str | None:
        """
        Ship up to 25 checkpoints to each place; None when no place lacks any.

        Raises:
            NotEverywhere: a place did not take its next one; the others got theirs.
        """
        if not self._used:
            with self._world.database.writing() as connection:
                use_destinations(connection, [each.name for each in self._places])
            self._used = True
        counts = [self._ship(each) for each in self._places]
        failed = [each.name for each, count in zip(self._places, counts, strict=True) if count is None]
        if failed:
            raise NotEverywhere(f"these did not take the newest checkpoints: {', '.join(failed)}", retryable=True)
        return MORE if PAGE in counts else None

    def _ship(self, place: Place) -> int | None:
        """How many checkpoints a place took, None where one failed."""
        try:
            self._look(place)
            with self._world.database.reading() as connection:
                lacking = load_unshipped(connection, place.name, PAGE)
            for each in lacking:
                place.take(each)
                with self._world.database.writing() as connection:
                    note_shipped(connection, place.name, each, self._world.clock())
        except NotShipped as error:
            _LOG.warning("%s did not take a checkpoint: %s", place.name, error.reason)
            with self._world.database.writing() as connection:
                note_failed(connection, place.name, error.reason, self._world.clock())
            return None
        return len(lacking)

    def _look(self, place: Place) -> None:
        now = self._world.clock()
        if place.name in self._looked and now - self._looked[place.name] < LOOK_EVERY:
            return
        with self._world.database.reading() as connection:
            lacking = {(each.size, each.verifier) for each in load_unshipped(connection, place.name, None)}
            kept = load_checkpoints(connection)
        seen = place.look([each for each in kept if (each.size, each.verifier) not in lacking])
        if seen is not None:
            self._mend(place, seen, now)
        self._looked[place.name] = now

    def _mend(self, place: Place, seen: Seen, now: datetime) -> None:
        for each in seen.removed:
            _LOG.warning("%s had lost %s; it was written again", place.name, name_of(each))
            place.take(each)
        altered = [name_of(each) for each in seen.altered]
        for name in altered:
            _LOG.error("%s has another content under %s than it was given; compare the two", place.name, name)
        with self._world.database.writing() as connection:
            note_looked(connection, place.name, altered, now)
