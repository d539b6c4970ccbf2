"""The parts put together: settings in, a world for the services out."""

from datetime import UTC, datetime

from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database


def open_world(settings: Settings) -> World:
    """Open the store that the settings name; the tables must be there."""
    return World(Database(settings.database_url), now, settings.small_batch)


def now() -> datetime:
    """The present, to the millisecond that history keeps."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
