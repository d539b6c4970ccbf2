"""The transaction in which a report counts."""

from collections.abc import Iterator
from contextlib import contextmanager

from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.preparing import prepare_report


@contextmanager
def counting(world: World) -> Iterator[Connection]:
    """Read at one instant, with the room that a report over all accounts needs."""
    with world.database.reading() as connection:
        prepare_report(connection)
        yield connection
