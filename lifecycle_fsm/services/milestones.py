"""A person dates a milestone, and whatever waited for it happens at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.engine.asked import date_milestone
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.change import MilestoneEvent as MilestoneNote
from lifecycle_fsm.store.milestones import load_milestone_events
from lifecycle_fsm.store.scope import visible_ids

__all__ = [
    "MilestoneDated",
    "MilestoneNote",
    "MilestoneOutcome",
    "MilestoneUnknown",
    "ReachMilestone",
    "milestone_events",
    "reach_milestone",
]


@dataclass(frozen=True, slots=True)
class ReachMilestone:
    """Ask to date a milestone; `reached_at` of None is the present, a future one is refused."""

    account_id: UUID
    milestone: str
    idempotency_key: str
    reached_at: datetime | None = None
    comment: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class MilestoneDated:
    """The milestone has this date; `already` when it had it before and nothing was recorded."""

    account: AccountView
    records: tuple[HistoryRecord, ...]
    reached_at: datetime
    already: bool
    replayed: bool


@dataclass(frozen=True, slots=True)
class MilestoneUnknown:
    """The catalog has no such milestone; `known` are those that it has."""

    milestone: str
    known: tuple[str, ...]


MilestoneOutcome = MilestoneDated | MilestoneUnknown


def reach_milestone(world: World, actor: Actor, wanted: ReachMilestone) -> MilestoneOutcome:
    """
    Date a milestone of an account and evaluate it in the same transaction.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.REACH_MILESTONE)
    if wanted.comment is not None and take_text(wanted.comment) is None:
        raise InvalidInput("the comment must be 1 to 500 printable characters", path="input.comment")

    def work(desk: Desk) -> MilestoneOutcome:
        known = desk.world.shelf.catalog(desk.connection).milestones
        if wanted.milestone not in known:
            return MilestoneUnknown(wanted.milestone, tuple(known))
        before = desk.done_before((RecordKind.MILESTONE_REACHED,), wanted.milestone)
        if before:
            return MilestoneDated(desk.view(), tuple(before), _dated_by(before), already=False, replayed=True)
        desk.check_revision()
        return _date(desk, wanted)

    return at_desk(world, actor, command_of(wanted), work)


def milestone_events(world: World, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[MilestoneNote, ...]]:
    """What happened to the milestones of accounts, oldest first; accounts without any are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return load_milestone_events(connection, sorted(visible_ids(connection, ids, actor.portfolio)))


def _date(desk: Desk, wanted: ReachMilestone) -> MilestoneDated:
    known = desk.reading.lifecycle.milestones.get(wanted.milestone)
    if known is not None:
        return MilestoneDated(desk.view(), (), known, already=True, replayed=False)
    reached_at = _reached_at(wanted, desk.as_of)
    records = desk.write(
        [date_milestone(desk.reading.lifecycle, wanted.milestone, reached_at, desk.as_of)], wanted.comment
    )
    return MilestoneDated(desk.view(), records, reached_at, already=False, replayed=False)


def _dated_by(records: Sequence[HistoryRecord]) -> datetime:
    """The date that a command gave, as its record has it: the milestone may have been revoked or dated anew since."""
    notes = (note for record in records for note in record.effects if note["did"] == "milestone_reached")
    return from_ms(int(next(notes)["reached_at"] or 0))


def _reached_at(wanted: ReachMilestone, as_of: datetime) -> datetime:
    if wanted.reached_at is None:
        return as_of
    reached_at = take_instant(wanted.reached_at)
    if reached_at is None or reached_at > as_of:
        raise InvalidInput(
            f"the milestone is dated {wanted.reached_at.isoformat()}; expected an instant from 1900 to now",
            path="input.reachedAt",
        )
    return reached_at
