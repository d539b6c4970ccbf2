"""`lifecycle-fsm read-only on` and `off`: the store takes no changes for a while."""

from time import sleep
from typing import Annotated

import typer

from lifecycle_fsm.cli.store import By, DryRun, Yes, confirm, opened, operator
from lifecycle_fsm.services.read_only import close_store, open_store
from lifecycle_fsm.settings import read_settings
from lifecycle_fsm.store.read_only import LOOKED_AT_EVERY_SECONDS


def switch_on(
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; people see it.")],
    dry_run: DryRun = False,
    yes: Yes = False,
    by: By = None,
) -> None:
    """Let every process refuse changes; reads and subscriptions go on. When this ends, nobody begins to write."""
    if dry_run:
        typer.echo("Dry run, nothing was done: every change would be refused.")
        return
    confirm("Every change is refused from now on.", unasked=yes)
    with opened(read_settings()) as world:
        mode = close_store(world, operator(by), reason)
    sleep(LOOKED_AT_EVERY_SECONDS)
    typer.echo(f"Read-only since {mode.since:%Y-%m-%d %H:%M:%S} UTC, by {mode.begun_by}: {mode.reason}")


def switch_off(*, dry_run: DryRun = False, by: By = None) -> None:
    """Let every process take changes again, within a second."""
    if dry_run:
        typer.echo("Dry run, nothing was done: changes would be taken again.")
        return
    with opened(read_settings()) as world:
        was_closed = open_store(world, operator(by))
    typer.echo("Changes are taken again." if was_closed else "The store was not read-only.")
