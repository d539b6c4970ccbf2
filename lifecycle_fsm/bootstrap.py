"""The parts put together: settings in, a world for the services out."""

from datetime import UTC, datetime

from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.guards_on_history import check_guards


def open_world(settings: Settings) -> World:
    """
    Open the store that the settings name; its tables must be there.

    Raises:
        StoreFailed: the store cannot be reached, or does not protect its history.
    """
    database = Database(settings.database_url)
    check_guards(database)
    return World(database, now, settings.small_batch, approval=settings.approval)


def now() -> datetime:
    """The present, to the millisecond that history keeps."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
