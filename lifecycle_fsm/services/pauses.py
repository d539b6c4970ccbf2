"""A person pauses the clock of an account's stage, until an instant or until somebody resumes it, with a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.pause import Pause
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.engine.pausing import SUBJECT, begin_pause, end_pause
from lifecycle_fsm.services.commands import Command, Desk, at_desk
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World

__all__ = [
    "AlreadyPaused",
    "ClockSet",
    "NotPaused",
    "Pause",
    "PauseAccount",
    "ResumeAccount",
    "pause_account",
    "resume_account",
]

LONGEST_DAYS = 3_660
"""A pause that is to last longer is left open."""


@dataclass(frozen=True, slots=True)
class PauseAccount:
    """Ask to pause an account from now on, `until` None for as long as nobody resumes it."""

    account_id: UUID
    reason: str
    idempotency_key: str
    until: datetime | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class ResumeAccount:
    """Ask to let the clock of a paused account go on."""

    account_id: UUID
    reason: str
    idempotency_key: str
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The clock stands still, or goes on; `records` begin with that and go on with what it set in motion."""

    account: AccountView
    records: tuple[HistoryRecord, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class AlreadyPaused:
    """The account is paused; nothing was recorded."""

    account: AccountView


@dataclass(frozen=True, slots=True)
class NotPaused:
    """The account is not paused; nothing was recorded."""

    account: AccountView


def pause_account(world: World, actor: Actor, wanted: PauseAccount) -> ClockSet | AlreadyPaused:
    """
    Stop the clock of the account's stage: its pace, `after`, `min_dwell` and the age of the stage stand still.

    Data goes on to move the account, and no due date changes.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.PAUSE_ACCOUNT)
    _check_reason(wanted.reason)

    def work(desk: Desk) -> ClockSet | AlreadyPaused:
        before = desk.done_before((RecordKind.PAUSED, RecordKind.RESUMED), SUBJECT)
        if before:
            return ClockSet(desk.view(), before, replayed=True)
        desk.check_revision()
        lifecycle = desk.reading.lifecycle
        if desk.reading.machine is None:
            raise InvalidInput("no segment has the account, so it has no clock to pause", path="input.accountId")
        if lifecycle.pause is not None and not lifecycle.pause.is_over(desk.as_of):
            return AlreadyPaused(desk.view())
        until = None if wanted.until is None else _until(wanted.until, desk.as_of)
        records = desk.write(_beginning(lifecycle, until, desk), wanted.reason)
        return ClockSet(desk.view(), records, replayed=False)

    return at_desk(world, actor, Command(wanted.account_id, wanted.idempotency_key, wanted.expected_revision), work)


def resume_account(world: World, actor: Actor, wanted: ResumeAccount) -> ClockSet | NotPaused:
    """
    Let the clock of a paused account go on, and evaluate it in the same transaction.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.PAUSE_ACCOUNT)
    _check_reason(wanted.reason)

    def work(desk: Desk) -> ClockSet | NotPaused:
        before = desk.done_before((RecordKind.RESUMED,), SUBJECT)
        if before:
            return ClockSet(desk.view(), before, replayed=True)
        desk.check_revision()
        pause = desk.reading.lifecycle.pause
        if pause is None or pause.is_over(desk.as_of):
            return NotPaused(desk.view())
        step = end_pause(desk.reading.lifecycle, pause, desk.as_of, Cause.PERSON, desk.as_of)
        records = desk.write([step], wanted.reason)
        return ClockSet(desk.view(), records, replayed=False)

    return at_desk(world, actor, Command(wanted.account_id, wanted.idempotency_key, wanted.expected_revision), work)


def _beginning(lifecycle: Lifecycle, until: datetime | None, desk: Desk) -> tuple[Step, ...]:
    """The pause, and before it the end of one whose instant has come without anybody having looked."""
    over, name = lifecycle.pause, desk.actor.name
    if over is None or over.until is None:
        return (begin_pause(lifecycle, until, name, desk.as_of),)
    ended = end_pause(lifecycle, over, over.until, Cause.DEADLINE, desk.as_of)
    return ended, begin_pause(ended.lifecycle, until, name, desk.as_of)


def _check_reason(reason: str) -> None:
    if take_text(reason) is None:
        raise InvalidInput("the reason must be 1 to 500 printable characters", path="input.reason")


def _until(outside: datetime, as_of: datetime) -> datetime:
    until = take_instant(outside)
    if until is None or not as_of < until <= as_of + timedelta(days=LONGEST_DAYS):
        raise InvalidInput(
            f"the pause ends {outside.isoformat()}; expected after now and at most {LONGEST_DAYS} days ahead",
            path="input.until",
        )
    return until
