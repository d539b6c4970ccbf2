"""`lifecycle-fsm publish`: a folder of definitions becomes what new accounts follow."""

import sys
from collections.abc import Mapping

import typer

from lifecycle_fsm.cli.check import Folder
from lifecycle_fsm.cli.folder import read_folder
from lifecycle_fsm.cli.store import By, DryRun, opened, operator
from lifecycle_fsm.definition.diagnostics import Severity
from lifecycle_fsm.definition.report import report
from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.services.publish import NotPublished, Published
from lifecycle_fsm.services.publish import publish as publish_files
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import read_settings


def publish(folder: Folder, *, dry_run: DryRun = False, by: By = None) -> None:
    """Publish a folder of definitions, all of it, or nothing when there is an error in it."""
    files = read_folder(folder)
    with opened(read_settings(), dry_run=dry_run) as world:
        published = publish_or_stop(world, operator(by), files)
    for segment, digest in published.digests.items():
        typer.echo(f"{segment:<20} {digest[:12]}  {'new' if segment in published.changed else 'unchanged'}")


def publish_or_stop(world: World, actor: Actor, files: Mapping[str, bytes]) -> Published:
    """Publish files; report what is wrong with them, and stop with 1 when nothing was published."""
    outcome = publish_files(world, actor, files)
    notable = [each for each in outcome.diagnostics if each.severity is not Severity.NOTE]
    sys.stderr.write(report(notable, files))
    if isinstance(outcome, NotPublished):
        typer.echo("Nothing was published.", err=True)
        raise typer.Exit(1)
    return outcome
