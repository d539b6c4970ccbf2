"""`lifecycle-fsm migrate`: the tables of this release, or back."""

from typing import Annotated

import typer

from lifecycle_fsm.cli.store import DryRun, Yes, confirm
from lifecycle_fsm.settings import read_settings
from lifecycle_fsm.store.migrate import current, downgrade, newest, upgrade


def migrate(
    *,
    down: Annotated[
        str | None, typer.Option("--down", metavar="REVISION", help="Undo migrations back to here; `base` undoes all.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Create the tables of the store, or bring them up to this release."""
    url = read_settings().database_url
    if dry_run:
        typer.echo(f"Dry run, nothing is written: {_foreseen(current(url) or 'base', down or newest() or 'base')}.")
        return
    if down is None:
        if upgrade(url):
            typer.echo(f"Migrated to revision {current(url)}.")
    else:
        confirm("This removes tables or columns with everything in them.", unasked=yes)
        downgrade(url, down)
    typer.echo(f"The store has the tables of revision {current(url) or 'base'}.")


def _foreseen(here: str, goal: str) -> str:
    return f"the store has the tables of revision {here} already" if here == goal else f"from revision {here} to {goal}"
