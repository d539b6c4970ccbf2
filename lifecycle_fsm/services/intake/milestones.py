"""Milestones that arrive in batches: dated for many accounts in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.asked import date_milestone
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.reachable import read_reachable
from lifecycle_fsm.services.reading import Reading
from lifecycle_fsm.services.record import LostRace, Writes, record_many
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import existing_ids
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.locks import lock_accounts
from lifecycle_fsm.store.waiting import mark_waiting


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone of an account, which its sender calls `account_key`; `reached_at` of None is the present."""

    account: UUID
    account_key: str
    milestone: str
    reached_at: datetime | None = None
    comment: str | None = None


class MilestoneNote(StrEnum):
    """What became of a row."""

    REACHED = "reached"
    UNCHANGED = "unchanged"
    """The milestone had been reached before and kept its date."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class MilestoneResult:
    """The result of a row; `code`, `message` and `path` are there when it was rejected."""

    note: MilestoneNote
    code: str | None = None
    message: str | None = None
    path: str | None = None


def reach_milestones(
    world: World, connection: Connection, rows: Sequence[MilestoneRow], stamp: Stamp
) -> tuple[MilestoneResult, ...]:
    """
    Date milestones in the caller's transaction, in order; the accounts of a small batch are evaluated, too.

    Accounts of a large batch get their history row and wait for the worker.
    """
    as_of, layout = stamp.recorded_at, load_layout(connection)
    ids = list(existing_ids(connection, {row.account for row in rows}))
    lock_accounts(connection, ids)
    readings = read_reachable(world, connection, ids, layout, as_of)
    known = tuple(world.shelf.catalog(connection).milestones)
    dated = _Dated(readings, known, as_of)
    results = tuple(dated.take(row) for row in rows)
    still = len(dated.steps) > world.small_batch
    touched = {account_id: readings[account_id] for account_id in dated.steps}
    outcomes = record_many(connection, Writes(touched, dated.steps, still=still), stamp, as_of, layout)
    assert not any(isinstance(outcome, LostRace) for outcome in outcomes.values())
    if still:
        mark_waiting(connection, dated.steps, "milestones", as_of)
    return results


class _Dated:
    """The steps of each account, as rows are taken one after the other."""

    def __init__(self, readings: Mapping[UUID, Reading], known: tuple[str, ...], as_of: datetime) -> None:
        self.steps: dict[UUID, list[Step]] = {}
        self._readings = readings
        self._known = known
        self._as_of = as_of

    def take(self, row: MilestoneRow) -> MilestoneResult:
        """Date one milestone, or say why not."""
        refused = self._refused(row)
        if refused is not None:
            return refused
        lifecycle = self._lifecycle(row.account)
        if row.milestone in lifecycle.milestones:
            return MilestoneResult(MilestoneNote.UNCHANGED)
        step = date_milestone(lifecycle, row.milestone, row.reached_at or self._as_of, self._as_of)
        self.steps.setdefault(row.account, []).append(step)
        return MilestoneResult(MilestoneNote.REACHED)

    def _lifecycle(self, account_id: UUID) -> Lifecycle:
        steps = self.steps.get(account_id)
        return steps[-1].lifecycle if steps else self._readings[account_id].lifecycle

    def _refused(self, row: MilestoneRow) -> MilestoneResult | None:
        if row.account not in self._readings:
            message = f"there is no account with the key {row.account_key[:60]!r}; import or register it first"
            return _rejected("unknown_account", message, "account")
        if row.milestone not in self._known:
            close = get_close_matches(row.milestone, self._known, n=1)
            listed = ", ".join(self._known[:20]) or "none"
            hint = f"did you mean {close[0]!r}?" if close else f"the catalog has: {listed}"
            return _rejected("unknown_milestone", f"there is no milestone {row.milestone[:60]!r}; {hint}", "milestone")
        if row.reached_at is not None and row.reached_at > self._as_of:
            message = f"the milestone is dated {row.reached_at.isoformat()}; expected an instant from 1900 to now"
            return _rejected("invalid_input", message, "reachedAt")
        return None


def _rejected(code: str, message: str, path: str) -> MilestoneResult:
    return MilestoneResult(MilestoneNote.REJECTED, code, message, path)
