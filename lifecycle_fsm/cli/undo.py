"""`lifecycle-fsm undo`: take back what an evaluation run did, account by account."""

from typing import Annotated
from uuid import UUID

import typer

from lifecycle_fsm.cli.store import By, opened, operator
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.services.undo import RunUndone, UndoRun, undo_run
from lifecycle_fsm.settings import read_settings

SHOWN = 20
"""How many accounts are listed on the terminal."""


def undo(
    run: Annotated[UUID, typer.Argument(metavar="RUN", help="The id that the run has in history.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why, for history.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing, and say what would happen.")] = False,
    by: By = None,
) -> None:
    """Give accounts back the stage, milestones, alerts and CTAs that they had before a run."""
    with opened(read_settings()) as world:
        outcome = undo_run(world, operator(by), UndoRun(run, reason, dry_run))
    _tell(outcome, "Dry run, nothing was written: " if dry_run else "")


def _tell(outcome: RunUndone, before: str) -> None:
    typer.echo(
        f"{before}{counted(outcome.undone, 'account', 'accounts')} taken back, "
        f"{outcome.already:,} were taken back before, {outcome.stays:,} stay as they are"
    )
    for each in outcome.refused[:SHOWN]:
        typer.echo(f"  {each.account_id}  {each.obstacle.value}: {each.message}")
    if outcome.stays > SHOWN:
        typer.echo(f"  … and {outcome.stays - SHOWN:,} more")
