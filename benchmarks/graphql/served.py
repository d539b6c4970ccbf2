"""Our server as `serve` runs it, for the database that LIFECYCLE_DATABASE_URL names."""

from starlette.applications import Starlette

from api.app import create_app
from lifecycle_fsm.bootstrap import open_world
from lifecycle_fsm.settings import read_settings


def make_app() -> Starlette:
    """Make the application."""
    settings = read_settings()
    return create_app(open_world(settings), settings)
