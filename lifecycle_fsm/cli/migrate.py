"""`lifecycle-fsm migrate`: the tables of this release, or back."""

from typing import Annotated

import typer

from lifecycle_fsm.settings import read_settings
from lifecycle_fsm.store.migrate import current, downgrade, upgrade


def migrate(
    *,
    down: Annotated[
        str | None, typer.Option("--down", metavar="REVISION", help="Undo migrations back to here; `base` undoes all.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before tables are removed.")] = False,
) -> None:
    """Create the tables of the store, or bring them up to this release."""
    url = read_settings().database_url
    if down is None:
        upgrade(url)
    else:
        if not yes:
            typer.confirm("This removes tables or columns with everything in them. Go on?", abort=True)
        downgrade(url, down)
    typer.echo(f"The store has the tables of revision {current(url) or 'base'}.")
