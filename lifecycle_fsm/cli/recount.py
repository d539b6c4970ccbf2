"""`lifecycle-fsm recount`: hold what reports are quick by to the accounts and visits that it is made from."""

import typer

from lifecycle_fsm.cli.store import By, DryRun, opened, operator
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.services.counting import recount as count_anew
from lifecycle_fsm.services.keeping import rebuild_entries
from lifecycle_fsm.settings import read_settings


def recount(*, dry_run: DryRun = False, by: By = None) -> None:
    """Count accounts and number what they entered anew, and say what was kept wrongly; reports go on meanwhile."""
    with opened(read_settings(), dry_run=dry_run) as world:
        places, rows = count_anew(world, operator(by)), rebuild_entries(world, operator(by))
    typer.echo(
        f"Counted wrongly before: {counted(places, 'stage', 'stages')}, and "
        f"{counted(rows, 'row', 'rows')} of what accounts entered."
    )
