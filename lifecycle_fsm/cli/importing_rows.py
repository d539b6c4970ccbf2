"""`lifecycle-fsm import rows`: NDJSON, CSV or Parquet of accounts, facts, measures or milestones."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO

import orjson
import typer

from lifecycle_fsm.cli.progress import Bar, progress_bar
from lifecycle_fsm.cli.store import By, DryRun, opened, operator
from lifecycle_fsm.domain.access import Actor
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.intake.batch import LARGEST_BATCH, REJECTED, Batch, Taken, take_batch
from lifecycle_fsm.services.intake.files import form_of, read_file
from lifecycle_fsm.services.intake.rows import WHY, BrokenRow, Kind
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import read_settings

SHOWN = 20
"""How many problems are shown on the terminal."""


def rows(  # noqa: PLR0913 - each is an option of the command
    kind: Annotated[Kind, typer.Argument(help="What the rows are.")],
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help="Its name ends in .ndjson, .jsonl, .csv or .parquet."
        ),
    ],
    rejected: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where rejected rows go; FILE.rejected.ndjson otherwise.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=LARGEST_BATCH, help="How many rows one transaction writes.")] = 500,
    skip: Annotated[int, typer.Option(min=0, help="Pass over so many rows, which an interrupted import has done.")] = 0,
    source: Annotated[str | None, typer.Option(help="Where the rows come from; the file's name otherwise.")] = None,
    *,
    later: Annotated[bool, typer.Option("--later", help="Leave the evaluation to the worker.")] = False,
    dry_run: DryRun = False,
    by: By = None,
) -> None:
    """
    Import rows that have the names of `POST /ingest`: accounts, facts, measures or milestones.

    The import may be repeated at any time. The exit status is 1 when a row was rejected.
    """
    form, target = form_of(file), rejected or file.with_name(f"{file.name}.rejected.ndjson")
    with opened(read_settings(), dry_run=dry_run) as world, file.open("rb") as stream, _Rejects(target) as rejects:
        actor = operator(by)
        with progress_bar(f"Importing {file.name}") as bar:
            going = _Import(world, actor, kind, source or f"import {file.name}", stream, rejects, bar, done=skip)
            going.run(islice(read_file(stream, form), skip, None), batch, file.stat().st_size)
        moved = 0 if later else evaluate_waiting(world, actor).moved
    noted = ", ".join(f"{count:,} {note}" for note, count in sorted(going.notes.items())) or "no rows"
    typer.echo(f"{file.name}: {noted}." + ("" if later else f" {counted(moved, 'move', 'moves')} followed."))
    if going.notes[REJECTED]:
        typer.echo(f"Rejected rows, with the reasons: {target}")
        raise typer.Exit(1)


class _Rejects(ExitStack):
    """Write rejected rows as NDJSON with their reasons; the file is made when the first one comes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._file: BinaryIO | None = None

    def add(self, row: object, why: str) -> None:
        """Write one row."""
        if self._file is None:
            self._file = self.enter_context(self.path.open("wb"))
        kept = {WHY: why, **row} if isinstance(row, dict) else {WHY: why}
        self._file.write(orjson.dumps(kept, default=str, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS))


@dataclass(slots=True)
class _Import:
    """One import on its way through the file."""

    world: World
    actor: Actor
    kind: Kind
    source: str
    stream: BinaryIO
    rejects: _Rejects
    bar: Bar
    done: int
    notes: Counter[str] = field(default_factory=Counter)
    shown: int = 0

    def run(self, given: Iterator[object], size: int, file_size: int) -> None:
        """Write batch after batch."""
        try:
            while batch := list(islice(given, size)):
                taken = take_batch(self.world, self.actor, Batch(self.kind, batch, self.source, before=self.done))
                self._reject(batch, taken)
                self.notes.update(taken.notes)
                self.done += len(batch)
                self.bar.told(self.stream.tell(), file_size)
        except BaseException:
            if self.done:
                self.bar.say(f"{self.done:,} rows were done; repeat the same command with --skip {self.done} to go on.")
            raise
        self.bar.told(1, 1)

    def _reject(self, batch: Sequence[object], taken: Taken) -> None:
        why: dict[int, list[str]] = {}
        for problem in taken.problems:
            why.setdefault(problem.index, []).append(
                f"{problem.path}: {problem.message}" if problem.path else problem.message
            )
        for index, reasons in why.items():
            row = batch[index]
            self.rejects.add(None if isinstance(row, BrokenRow) else row, "; ".join(reasons))
            self.shown += 1
            if self.shown <= SHOWN:
                self.bar.say(f"row {self.done + index + 1}: {'; '.join(reasons)}")
            elif self.shown == SHOWN + 1:
                self.bar.say(f"More rows were rejected; all are in {self.rejects.path}")
