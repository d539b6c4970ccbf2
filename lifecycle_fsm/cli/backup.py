"""`lifecycle-fsm backup`, `restore` and `after-restore`: a copy of the whole store, and the store out of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.cli.progress import progress_bar
from lifecycle_fsm.cli.store import By, Yes, confirm, opened, operator
from lifecycle_fsm.domain.backup import Manifest
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.audit.erase import AnyErasure
from lifecycle_fsm.services.backup import back_up
from lifecycle_fsm.services.restore import (
    After,
    Restore,
    Restored,
    foresee_restore,
    listed_erasures,
    settle,
)
from lifecycle_fsm.services.restore import restore as restore_store
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings, read_settings
from lifecycle_fsm.store.database import Database

Nobody = Annotated[bool, typer.Option("--without-erasures", help="Nobody was ever erased, so that no list is kept.")]
Revoke = Annotated[
    bool, typer.Option("--revoke-tokens", help="End every token, for those revoked since are in force again.")
]
Accept = Annotated[
    bool, typer.Option("--accept-flaws", help="Go on although history does not hold, as it did not when it was copied.")
]


def backup(
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The folder to make; it must not exist.")],
    *,
    by: By = None,
) -> None:
    """Copy the whole store into a folder, while it is in use."""
    settings = read_settings()
    with _any_revision(settings) as world, progress_bar("Copying") as bar:
        made = back_up(world, operator(by), target, version("lifecycle-fsm"), settings.postgresql_tools, bar.told)
    typer.echo(f"Backed up to {target}: {_summary(made)}.")


def restore(  # noqa: PLR0913 - one for each choice
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="The folder that `backup` made.", exists=True)],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace what is in the store.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the backup, and change nothing.")] = False,
    yes: Yes = False,
    nobody: Nobody = False,
    revoke: Revoke = False,
    accept: Accept = False,
    by: By = None,
) -> None:
    """Put a backup in the place of the store, erase again who was erased since, and verify it."""
    settings = read_settings()
    after = After(_listed(settings, nobody=nobody), revoke, accept)
    order = Restore(source, after, force, settings.postgresql_tools)
    if dry_run:
        with progress_bar("Checking") as bar:
            found = foresee_restore(settings.database_url, operator(by), order, bar.told)
        typer.echo(f"Dry run, nothing was written: {_summary(found)}; {len(after.erasures):,} erasures to replay.")
        return
    confirm("This replaces everything in the store.", unasked=yes or not force)
    with progress_bar("Restoring") as bar:
        done = restore_store(settings.database_url, now, operator(by), order, bar.told)
    _tell(done, revoke=revoke)


def after_restore(
    *,
    nobody: Nobody = False,
    revoke: Revoke = False,
    accept: Accept = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would be erased again, and write nothing.")
    ] = False,
    by: By = None,
) -> None:
    """Make a store fit that came back by other means, such as a recovery to a point in time: erase again, verify."""
    settings = read_settings()
    after = After(_listed(settings, nobody=nobody), revoke, accept)
    with opened(settings) as world:
        if dry_run:
            typer.echo(f"Dry run, nothing was written: {len(after.erasures):,} erasures to replay.")
            return
        with progress_bar("Verifying") as bar:
            done = settle(world, operator(by), after, "recovered by other means", {}, bar.told)
    _tell(done, revoke=revoke)


@contextmanager
def _any_revision(settings: Settings) -> Iterator[World]:
    """The store, also one that is still to be migrated: it is backed up before."""
    database = Database(settings.database_url)
    try:
        yield World(database, now, erasures=settings.erasures)
    finally:
        database.dispose()


def _listed(settings: Settings, *, nobody: bool) -> tuple[AnyErasure, ...]:
    if settings.erasures is not None:
        return listed_erasures(settings.erasures)
    if not nobody:
        message = "who was erased would come back: set LIFECYCLE_ERASURES to the list, or give --without-erasures"
        raise InvalidInput(message, path="LIFECYCLE_ERASURES")
    return ()


def _summary(made: Manifest) -> str:
    contents = made.contents
    return (
        f"{sum(contents.rows.values()):,} rows of {len(contents.rows)} tables, revision {contents.revision}, "
        f"a log of {contents.log_size:,}, {made.bytes:,} bytes, made {made.made_at:%Y-%m-%d %H:%M} UTC"
    )


def _tell(done: Restored, *, revoke: bool) -> None:
    report = done.report
    typer.echo(f"Erased again: {counted(done.erased, 'account', 'accounts')}. Tokens ended: {done.revoked:,}.")
    typer.echo(f"Verified: {report.rows:,} rows of {report.accounts:,} accounts, a log of {report.leaves:,}.")
    if not report.holds:
        typer.echo(f"History does not hold: {report.failed:,} flaws; see `lifecycle-fsm verify`.")
    if not revoke:
        typer.echo("Tokens that were revoked since are in force again; see `--revoke-tokens`.")


BACKUP = (backup, restore, after_restore)
"""The commands of whoever keeps the store."""
