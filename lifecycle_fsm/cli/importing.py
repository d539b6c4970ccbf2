"""`lifecycle-fsm import accounts`: a CSV file of accounts, with a mapping that says which column is what."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from lifecycle_fsm.cli.progress import Bar, progress_bar
from lifecycle_fsm.cli.rejected import RejectedFile
from lifecycle_fsm.cli.store import opened, operator
from lifecycle_fsm.definition.report import report
from lifecycle_fsm.definition.source import MAXIMUM_BYTES
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.services.evaluate import RunSummary, evaluate_waiting
from lifecycle_fsm.services.importing.accounts import ImportAccounts, import_accounts
from lifecycle_fsm.services.importing.outcomes import ImportCounts, Imported, MapRefused, RejectedRow
from lifecycle_fsm.services.register import LARGEST_BATCH
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import read_settings

SHOWN = 20
"""How many rejected rows are shown on the terminal."""

_FILE = {"exists": True, "dir_okay": False, "readable": True}


def accounts(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The accounts, one in a row.", **_FILE)],
    mapping: Annotated[Path, typer.Option("--map", metavar="MAP.yaml", help="Which column becomes what.", **_FILE)],
    rejected: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where rejected rows go; FILE.rejected.csv otherwise.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=LARGEST_BATCH, help="How many rows one transaction writes.")] = 500,
    *,
    observed_at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="When the values were observed; otherwise when the file was changed."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
) -> None:
    """
    Import accounts from a CSV file: create them or bring them up to date, and evaluate them.

    The import may be repeated at any time. The exit status is 1 when a row was rejected.
    """
    target = rejected or file.with_name(f"{file.stem}.rejected.csv")
    _check_target(target, file)
    with opened(read_settings()) as world, file.open("rb") as stream, RejectedFile(target) as rejects:
        seen_at = _observed_at(file, observed_at, world.clock())
        wanted = ImportAccounts(file.name, stream, mapping.name, _start_of(mapping), seen_at, batch, dry_run)
        imported = _import(world, wanted, rejects)
        evaluated = RunSummary() if dry_run else _evaluate(world, imported)
    _tell(file.name, imported.counts, dry_run=dry_run)
    _tell_evaluated(imported.summary + evaluated)
    if imported.counts.rejected:
        typer.echo(f"Rejected rows, with the reasons: {target}")
        raise typer.Exit(1)


@dataclass(slots=True)
class _Follower:
    """Shows an import on the terminal, and writes its rejected rows."""

    file: str
    stream: BinaryIO
    rejects: RejectedFile
    bar: Bar
    size: int = 0
    counts: ImportCounts = field(default_factory=ImportCounts)
    shown: int = 0

    def begun(self, header: Sequence[str], size: int) -> None:
        """Keep what is known about the file."""
        self.rejects.header, self.size = header, size

    def rejected(self, row: RejectedRow) -> None:
        """Write the row down, and show the first few."""
        self.rejects.add(row)
        self.shown += 1
        if self.shown == SHOWN + 1:
            self.bar.say(f"More rows were rejected; all are in {self.rejects.path}")
        if self.shown <= SHOWN:
            for problem in row.problems:
                self.bar.say(": ".join(filter(None, [f"{self.file}:{row.line}", problem.where, problem.message])))

    def went_on(self, counts: ImportCounts) -> None:
        """Show how far the file has been read."""
        self.counts = counts
        self.bar.told(self.stream.tell(), self.size)


def _import(world: World, wanted: ImportAccounts, rejects: RejectedFile) -> Imported:
    with progress_bar(f"Importing {wanted.file}") as bar:
        follower = _Follower(wanted.file, wanted.stream, rejects, bar)
        try:
            outcome = import_accounts(world, operator(), wanted, follower)
        except BaseException:
            if follower.counts.rows:
                bar.say(f"{follower.counts.rows:,} rows were done; repeat the same command to go on.")
            raise
    if isinstance(outcome, MapRefused):
        sys.stderr.write(report(outcome.diagnostics, {wanted.map_file: wanted.map_content}))
        typer.echo("Nothing was imported.", err=True)
        raise typer.Exit(1)
    return outcome


def _evaluate(world: World, imported: Imported) -> RunSummary:
    """Evaluate the accounts that wait; with those of an interrupted import there may be more than were imported."""
    expected = imported.counts.created + imported.counts.updated
    with progress_bar("Evaluating") as bar:
        total = evaluate_waiting(
            world, operator(), told=lambda run: bar.told(run.looked_at, max(run.looked_at, expected))
        )
        bar.told(1, 1)
    return total


def _tell(file: str, counts: ImportCounts, *, dry_run: bool) -> None:
    title = "Dry run, nothing was written: " if dry_run else ""
    typer.echo(
        f"{title}{file} has {counted(counts.rows, 'row', 'rows')}: {counts.created:,} created, "
        f"{counts.updated:,} updated, {counts.unchanged:,} unchanged, {counts.rejected:,} rejected."
    )


def _tell_evaluated(run: RunSummary) -> None:
    if run.looked_at:
        typer.echo(
            f"Evaluated {counted(run.looked_at, 'account', 'accounts')}: {counted(run.moved, 'move', 'moves')}, "
            f"{counted(run.ctas_opened, 'CTA', 'CTAs')} opened, {run.ctas_escalated:,} escalated; "
            f"{run.held_by_unknown:,} held by unknown, {run.unassigned:,} without a segment."
        )


def _observed_at(file: Path, given: str | None, now: datetime) -> datetime:
    """The same instant for the same file, so that importing it again says nothing new."""
    if given is None:
        return min(now, from_ms(file.stat().st_mtime_ns // 1_000_000))
    instant = take_instant(given)
    if instant is None:
        raise InvalidInput(
            f"the instant is {given[:40]!r}; expected one with a time zone such as 2026-03-31T09:00:00Z, or a date",
            path="--observed-at",
        )
    return instant


def _check_target(target: Path, file: Path) -> None:
    if target.exists() and target.samefile(file):
        raise InvalidInput("rejected rows would overwrite the file itself; name another one", path="--rejected")


def _start_of(mapping: Path) -> bytes:
    with mapping.open("rb") as stream:
        return stream.read(MAXIMUM_BYTES + 1)
