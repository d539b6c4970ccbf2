"""The store that a command works on, and who the command acts for."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from lifecycle_fsm.bootstrap import open_world
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.migrate import current, newest

By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who does this; history shows it. Your user name otherwise.")
]


@contextmanager
def opened(settings: Settings) -> Iterator[World]:
    """
    Open the store of the settings.

    Raises:
        StoreFailed: its tables are not those of this release.
    """
    found, expected = current(settings.database_url), newest()
    if found != expected:
        seen = "no tables" if found is None else f"the tables of revision {found!r}"
        raise StoreFailed(f"the store has {seen}; expected revision {expected!r}: run `lifecycle-fsm migrate`")
    world = open_world(settings)
    try:
        yield world
    finally:
        world.database.dispose()


def operator(name: str | None = None) -> Actor:
    """Whoever can reach the store from the command line can do everything to it, so they are its admin."""
    return Actor(take_text(name) or _user_name(), frozenset({Role.ADMIN}))


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"
