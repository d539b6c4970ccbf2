"""The store that a command works on, and who the command acts for."""

import getpass
import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated

import typer

from lifecycle_fsm.bootstrap import open_world
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.services.memory import settle_memory
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.migrate import Standing, current, how_it_stands, newest, upgrade

By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who does this; history shows it. Your user name otherwise.")
]


_LOG = logging.getLogger("lifecycle.store")
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def confirm(question: str, *, unasked: bool) -> None:
    """Ask before something that cannot be taken back, unless that is not wanted; a no ends the command with 1."""
    if not unasked:
        typer.confirm(f"{question} Go on?", abort=True)


@contextmanager
def opened(settings: Settings, *, dry_run: bool = False) -> Iterator[World]:
    """
    Open the store of the settings; in a dry run everything that is done in it is taken back at the end.

    Raises:
        StoreFailed: its tables are not those of this release.
    """
    found, expected, how = current(settings.database_url), newest(), how_it_stands(settings.database_url)
    if how is Standing.NEWER:
        _LOG.warning("the tables are of a later release", extra={"fields": {"found": found, "expected": expected}})
    elif how is not Standing.CURRENT:
        seen = "no tables" if found is None else f"the tables of revision {found!r}"
        raise StoreFailed(f"the store has {seen}; expected revision {expected!r}: run `lifecycle-fsm migrate`")
    world = open_world(settings)
    settle_memory()
    try:
        with world.database.rehearsing() if dry_run else nullcontext():
            if dry_run:
                typer.echo("Dry run, nothing is written:")
            yield world
    finally:
        world.database.dispose()


def bring_up_to_date(settings: Settings) -> None:
    """Migrate where that is wanted and there is anything to do; of several processes one does, the others wait."""
    if not settings.migrate or how_it_stands(settings.database_url) in (Standing.CURRENT, Standing.NEWER):
        return
    done = upgrade(settings.database_url)
    _LOG.info("migrated" if done else "another process has migrated", extra={"fields": {"to": newest()}})


def operator(name: str | None = None) -> Actor:
    """Whoever can reach the store from the command line can do everything to it, so they are its admin."""
    return Actor(take_text(name) or _user_name(), frozenset({Role.ADMIN}))


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"
