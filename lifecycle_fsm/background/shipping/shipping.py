"""A page of shipping: what every place lacks goes to it, oldest first, and what fails is told and tried again."""

import logging
from collections.abc import Sequence

from lifecycle_fsm.background.shipping.destination import NotShipped, Place, name_of
from lifecycle_fsm.domain.errors import NotEverywhere
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.checkpoints import load_checkpoints
from lifecycle_fsm.store.shipments import load_unshipped, note_failed, note_shipped, use_destinations

PAGE = 25
MORE = "more"
_LOG = logging.getLogger("lifecycle.checkpoints")


class Shipping:
    """
    Take checkpoints to places outside of the store; nothing is ever given up.

    What a place has is remembered in the store, so that a run looks at what is new alone. The first
    run of a process looks at every place as well, and brings back what was removed there.
    """

    def __init__(self, world: World, places: Sequence[Place]) -> None:
        self._world = world
        self._places = places
        self._unseen = {each.name for each in places}
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
            self._bring_back(place)
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

    def _bring_back(self, place: Place) -> None:
        if place.name not in self._unseen:
            return
        with self._world.database.reading() as connection:
            lacking = {(each.size, each.verifier) for each in load_unshipped(connection, place.name, None)}
            kept = load_checkpoints(connection)
        for each in place.removed([each for each in kept if (each.size, each.verifier) not in lacking]):
            _LOG.warning("%s had lost %s; it was written again", place.name, name_of(each))
            place.take(each)
        self._unseen.discard(place.name)
