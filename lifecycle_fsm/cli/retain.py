"""`lifecycle-fsm retain`: let go of what is older than it has to be, now instead of by night."""

from typing import Annotated

import typer

from lifecycle_fsm.cli.store import By, Yes, confirm, opened, operator
from lifecycle_fsm.domain.retention import Kept
from lifecycle_fsm.services.retention import foresee_retention
from lifecycle_fsm.services.retention import retain as let_go
from lifecycle_fsm.settings import read_settings

_WORDS = {
    Kept.MESSAGES: "notifications that arrived",
    Kept.DEAD_MESSAGES: "notifications that were given up",
    Kept.BATCHES: "answers to batches",
    Kept.REFUSED_ROWS: "rows that were refused",
    Kept.RUNS: "figures of runs",
    Kept.TOKENS: "tokens that ended",
    Kept.EVIDENCE: "rows' evidence; the rows stay, and stay provable",
}


def retain(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and delete nothing.")] = False,
    yes: Yes = False,
    by: By = None,
) -> None:
    """Delete finished work that is older than the settings LIFECYCLE_KEEP_… allow; history is never deleted."""
    settings = read_settings()
    with opened(settings) as world:
        if dry_run:
            typer.echo("Dry run, nothing was deleted:")
            counts = foresee_retention(world, operator(by), settings.keep())
        else:
            confirm("What is deleted does not come back.", unasked=yes)
            counts = let_go(world, operator(by), settings.keep())
    for what in Kept:
        kept_for = settings.keep().of(what)
        age = "kept for ever" if kept_for is None else f"older than {kept_for.days:,} days"
        typer.echo(f"{counts.get(what, 0):>9,} {_WORDS[what]} ({age})")
