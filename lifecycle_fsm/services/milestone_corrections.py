"""A person takes a milestone back or gives it another date; the reason stays in history."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.engine.asked import redate_milestone, revoke_milestone
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World


@dataclass(frozen=True, slots=True)
class CorrectMilestone:
    """Ask to give a milestone that is reached the date `reached_at`, or with None to take it back."""

    account_id: UUID
    milestone: str
    reason: str
    idempotency_key: str
    reached_at: datetime | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class MilestoneCorrected:
    """The milestone was taken back or has another date, and whatever follows from that was done."""

    account: AccountView
    records: tuple[HistoryRecord, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class MilestoneNotReached:
    """The account has not reached the milestone, so there is nothing to correct."""

    account: AccountView
    milestone: str


CorrectionOutcome = MilestoneCorrected | MilestoneNotReached


def correct_milestone(world: World, actor: Actor, wanted: CorrectMilestone) -> CorrectionOutcome:
    """
    Correct a milestone of an account and evaluate it in the same transaction.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.REACH_MILESTONE)
    if take_text(wanted.reason) is None:
        raise InvalidInput("a correction needs a reason of 1 to 500 printable characters", path="input.reason")

    def work(desk: Desk) -> CorrectionOutcome:
        before = desk.done_before((_kind(wanted),), wanted.milestone)
        if before:
            return MilestoneCorrected(desk.view(), before, replayed=True)
        desk.check_revision()
        if wanted.milestone not in desk.reading.lifecycle.milestones:
            return MilestoneNotReached(desk.view(), wanted.milestone)
        records = desk.write([_step(desk, wanted)], wanted.reason)
        return MilestoneCorrected(desk.view(), records, replayed=False)

    return at_desk(world, actor, command_of(wanted), work)


def _kind(wanted: CorrectMilestone) -> RecordKind:
    return RecordKind.MILESTONE_REVOKED if wanted.reached_at is None else RecordKind.MILESTONE_REDATED


def _step(desk: Desk, wanted: CorrectMilestone) -> Step:
    lifecycle = desk.reading.lifecycle
    if wanted.reached_at is None:
        return revoke_milestone(lifecycle, wanted.milestone, desk.as_of)
    reached_at = take_instant(wanted.reached_at)
    if reached_at is None or reached_at > desk.as_of:
        raise InvalidInput(
            f"the milestone is dated {wanted.reached_at.isoformat()}; expected an instant from 1900 to now",
            path="input.reachedAt",
        )
    return redate_milestone(lifecycle, wanted.milestone, reached_at, desk.as_of)
