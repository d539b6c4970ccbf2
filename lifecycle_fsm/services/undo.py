"""An evaluation run taken back, account by account, as far as nothing newer stands on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.run import RunKind, RunSummary
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.reading import Reading, read_accounts
from lifecycle_fsm.services.record import LostRace, Writes, record_many
from lifecycle_fsm.services.snapshot import BEFORE, restored
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import load_since, load_snapshots, page_of_run
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.ledger import Entry, Link
from lifecycle_fsm.store.runs import Run, find_run, keep_run

PAGE = 200
"""How many accounts one transaction takes back."""
LISTED = 1_000
"""How many refused accounts are listed."""

_NOT_BY_RUNS = frozenset(
    {
        RecordKind.ASSIGNED,
        RecordKind.MIGRATED,
        RecordKind.REASSIGNED,
        RecordKind.CSM_CHANGED,
        RecordKind.OVERRIDE_ENDED,
        RecordKind.ERASED,
    }
)
_BY_PEOPLE = frozenset({Cause.PERSON, Cause.OVERRIDE, Cause.UNDO})


class Obstacle(StrEnum):
    """Why an account's part of a run is not taken back."""

    NEWER = "newer"
    """Something that happened later stands on it."""
    NOT_EVALUATED = "not_evaluated"
    """The run did more than evaluate it: it was placed, migrated, or changed by a person."""
    NO_EVIDENCE = "no_evidence"
    """How it stood before is not known: an older release wrote it, or it was erased."""
    CHANGED_MEANWHILE = "changed_meanwhile"
    """Somebody changed it in the same moment; undo the run again."""


@dataclass(frozen=True, slots=True)
class UndoRun:
    """Ask to take back what a run did to accounts, or with `dry_run` what would come of that."""

    run_id: UUID
    reason: str
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class NotUndone:
    """An account whose part of the run stays, and why, for people."""

    account_id: UUID
    obstacle: Obstacle
    message: str


@dataclass(frozen=True, slots=True)
class RunUndone:
    """
    Count the accounts of a run: taken back, taken back before, and not.

    `refused` lists at most 1,000 of those that stay. `undo_id` is the run that the
    compensating rows carry, None for a dry run and where there was nothing left to do.
    """

    run_id: UUID
    undone: int
    already: int
    stays: int
    refused: tuple[NotUndone, ...]
    undo_id: UUID | None


class _Already:
    """The account's part of the run was taken back before."""


@dataclass(slots=True)
class _Tally:
    undone: int = 0
    already: int = 0
    stays: int = 0
    refused: tuple[NotUndone, ...] = ()

    def refuse(self, refusals: Sequence[NotUndone]) -> None:
        """Count refusals and list them while there is room."""
        self.stays += len(refusals)
        self.refused = (*self.refused, *refusals)[:LISTED]


def undo_run(world: World, actor: Actor, wanted: UndoRun) -> RunUndone:
    """
    Give the accounts of a run back the stage, clock, milestones, alerts and CTAs that they had before it.

    Page by page, each account with one history row that says so. What is taken back
    stays so until something marks the account: correct the data or the rules first.
    Doing it again finds nothing left to do.

    Raises:
        Forbidden: the actor may not undo runs.
        InvalidInput: there is no such run, or no reason.
    """
    require(actor, Capability.UNDO_RUN)
    if take_text(wanted.reason) is None:
        raise InvalidInput("undoing needs a reason of 1 to 500 printable characters", path="input.reason")
    now = world.clock()
    run = Run(new_id(to_ms(now)), RunKind.UNDO, actor.name, now, now)
    tally, after = _Tally(), None
    while ids := _page(world, wanted, run, tally, after):
        after = ids[-1]
    undo_id = run.id if tally.undone and not wanted.dry_run else None
    return RunUndone(wanted.run_id, tally.undone, tally.already, tally.stays, tally.refused, undo_id)


def _page(world: World, wanted: UndoRun, run: Run, tally: _Tally, after: UUID | None) -> Sequence[UUID]:
    with world.database.writing() as connection:
        ids = page_of_run(connection, wanted.run_id, after, PAGE)
        if after is None and not ids and find_run(connection, wanted.run_id) is None:
            raise InvalidInput(f"there is no run with the id {str(wanted.run_id)!r}", path="input.runId")
        if ids:
            _take_back(world, connection, wanted, run, ids, tally)
    return ids


def _take_back(  # one page of one run, with what it is counted in
    world: World, connection: Connection, wanted: UndoRun, run: Run, ids: Sequence[UUID], tally: _Tally
) -> None:
    layout, as_of = load_layout(connection), run.as_of
    readings = read_accounts(world, connection, ids, layout, as_of)
    steps, refusals = _judged(connection, readings, wanted.run_id, as_of, tally)
    if not wanted.dry_run and steps:
        stamp = Stamp(recorded_at=as_of, actor=run.actor, reason=wanted.reason, run_id=run.id)
        chosen = {account_id: readings[account_id] for account_id in steps}
        asked = {account_id: (step,) for account_id, step in steps.items()}
        outcomes = record_many(connection, Writes(chosen, asked, still=True), stamp, as_of, layout)
        lost = [account_id for account_id, outcome in outcomes.items() if isinstance(outcome, LostRace)]
        refusals += [_lost(account_id) for account_id in lost]
        tally.undone -= len(lost)
    tally.undone += len(steps)
    tally.refuse(refusals)
    if not wanted.dry_run and tally.undone:
        keep_run(connection, _finished(run, tally, world.clock()))


def _finished(run: Run, tally: _Tally, at: datetime) -> Run:
    counted = RunSummary(looked_at=tally.undone + tally.already + tally.stays, moved=tally.undone)
    return Run(run.id, run.kind, run.actor, run.as_of, run.started_at, at, summary=counted)


def _lost(account_id: UUID) -> NotUndone:
    return NotUndone(account_id, Obstacle.CHANGED_MEANWHILE, "somebody changed it in the same moment; undo again")


def _judged(
    connection: Connection, readings: Mapping[UUID, Reading], run_id: UUID, as_of: datetime, tally: _Tally
) -> tuple[dict[UUID, Step], list[NotUndone]]:
    histories = load_since(connection, list(readings), run_id)
    before = load_snapshots(connection, {key: links[0].seq for key, links in histories.items()}, BEFORE)
    steps: dict[UUID, Step] = {}
    refusals: list[NotUndone] = []
    for account_id, reading in readings.items():
        found = undoing(reading, histories[account_id], run_id, before.get(account_id), as_of)
        if isinstance(found, Step):
            steps[account_id] = found
        elif isinstance(found, NotUndone):
            refusals.append(found)
        else:
            tally.already += 1
    return steps, refusals


def undoing(
    reading: Reading, history: Sequence[Link], run_id: UUID, before: str | None, as_of: datetime
) -> Step | NotUndone | _Already:
    """
    The step that takes back an account's part of a run, or why there is none.

    `history` are its rows from the first of the run on, `before` is how it stood then.
    """
    name, account_id = str(run_id), reading.lifecycle.account_id
    if any(_undoes(link.entry) == name for link in history):
        return _Already()
    mine = [link.entry for link in history if link.entry.run_id == run_id]
    if any(entry.kind in _NOT_BY_RUNS or entry.cause in _BY_PEOPLE for entry in mine):
        message = "the run placed it, migrated it, or a person did this; undo takes back evaluations only"
        return NotUndone(account_id, Obstacle.NOT_EVALUATED, message)
    newer = next(_standing_on(history, run_id), None)
    if newer is not None:
        return NotUndone(account_id, Obstacle.NEWER, _said(newer))
    if before is None:
        message = "how it stood before the run is not known: an older release wrote it, or it was erased"
        return NotUndone(account_id, Obstacle.NO_EVIDENCE, message)
    lifecycle, done = restored(reading.lifecycle, before, history[0].seq, as_of)
    return Step(
        kind=RecordKind.RUN_UNDONE,
        cause=Cause.UNDO,
        from_stage=reading.lifecycle.stage,
        lifecycle=lifecycle,
        effective_at=as_of,
        subject=name,
        done=done,
        undoes_since=history[0].seq,
    )


def _undoes(entry: Entry) -> str | None:
    return entry.subject if entry.kind is RecordKind.RUN_UNDONE else None


def _standing_on(history: Sequence[Link], run_id: UUID) -> Iterator[Link]:
    """The rows of others since; those that were themselves taken back, and refusals, change nothing."""
    gone = {subject for link in history if (subject := _undoes(link.entry)) is not None}
    for link in history:
        entry = link.entry
        neutral = entry.kind in (RecordKind.REFUSED, RecordKind.RUN_UNDONE) or str(entry.run_id) in gone
        if entry.run_id != run_id and not neutral:
            yield link


def _said(link: Link) -> str:
    entry = link.entry
    what = entry.transition or entry.subject
    about = f" {what!r}" if what else ""
    by = f" by {entry.actor}" if entry.actor else ""
    return f"row {link.seq} stands on it: {entry.kind.value}{about}{by} on {entry.effective_at:%Y-%m-%d}"
