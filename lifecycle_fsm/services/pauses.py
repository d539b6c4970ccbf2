"""A person pauses the clock of an account's stage, until an instant or until somebody resumes it, with a reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.domain.pause import Pause, Standstill
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.engine.pausing import SUBJECT, Span, begin_pause, end_pause
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.pauses_told import TELLING, ToldPause, pauses_told
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.history import load_chain, load_of_kinds
from lifecycle_fsm.store.ledger import Link
from lifecycle_fsm.store.scope import visible_ids
from lifecycle_fsm.store.visits import add_to_visits

__all__ = [
    "AlreadyPaused",
    "ClockSet",
    "NotPaused",
    "Pause",
    "PauseAccount",
    "ResumeAccount",
    "ToldPause",
    "page_pauses",
    "pause_account",
    "resume_account",
]

LONGEST_DAYS = 3_660
"""A pause that is to last longer is left open; none begins or ends farther away than this."""
_MARK = "pauses"


@dataclass(frozen=True, slots=True)
class PauseAccount:
    """
    Ask to pause an account, `until` None for as long as nobody resumes it.

    `since` is None for now; it may lie back, which is counted from then on, or ahead.
    """

    account_id: UUID
    reason: str
    idempotency_key: str
    until: datetime | None = None
    expected_revision: int | None = None
    since: datetime | None = None


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
    """The account is paused, or a pause is planned for it; nothing was recorded."""

    account: AccountView


@dataclass(frozen=True, slots=True)
class NotPaused:
    """The account is not paused, and no pause is planned; nothing was recorded."""

    account: AccountView


def pause_account(world: World, actor: Actor, wanted: PauseAccount) -> ClockSet | AlreadyPaused:
    """
    Stop the clock of the account's stage: its pace, `after`, `min_dwell`, `for` and the age of the stage stand still.

    Data goes on to move the account. Milestones that are expected after the entry of the stage are due
    later; no other due date changes. What was decided before a pause was written down stays as it is.

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
        span = _span(desk, wanted)
        records = desk.write(tuple(_steps(lifecycle, span, desk)), wanted.reason)
        if span.since is not None and span.since < lifecycle.entered_at:
            add_to_visits(desk.connection, wanted.account_id, Standstill(span.since, span.until or desk.as_of))
        return ClockSet(desk.view(), records, replayed=False)

    return at_desk(world, actor, command_of(wanted), work)


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

    return at_desk(world, actor, command_of(wanted), work)


def _steps(lifecycle: Lifecycle, span: Span, desk: Desk) -> Iterator[Step]:
    """The pause, before it the end of one that is over and that nobody has looked at, and its own if that is past."""
    over = lifecycle.pause
    if over is not None and over.until is not None:
        ended = end_pause(lifecycle, over, over.until, Cause.DEADLINE, desk.as_of)
        yield ended
        lifecycle = ended.lifecycle
    begun = begin_pause(lifecycle, span, desk.actor.name, desk.as_of)
    yield begun
    pause = begun.lifecycle.pause
    if pause is not None and pause.until is not None and pause.is_over(desk.as_of):
        yield end_pause(begun.lifecycle, pause, pause.until, Cause.PERSON, desk.as_of)


def page_pauses(world: World, actor: Actor, ids: Sequence[UUID], page: PageRequest) -> dict[UUID, Page[ToldPause]]:
    """A page of each account's pauses, newest first; ids without an account that the actor sees have an empty page."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        seen = sorted(visible_ids(connection, ids, actor.portfolio))
        links = load_of_kinds(connection, seen, [kind.value for kind in TELLING])
    return {account_id: _page(links.get(account_id, ()), page) for account_id in ids}


def _page(links: Sequence[Link], page: PageRequest) -> Page[ToldPause]:
    told = pauses_told([(link.seq, link.entry) for link in links])
    cursor, path = (page.before, "before") if page.backwards else (page.after, "after")
    beyond = list(told if page.backwards else reversed(told))
    if cursor is not None:
        last = _read_cursor(cursor, path)
        beyond = [each for each in beyond if (each.seq > last if page.backwards else each.seq < last)]
    total = len(told) if page.with_total else None
    return cut(beyond[: page.size + 1], page, _as_it_is, lambda each: write_cursor(_MARK, each.seq), total)


def _read_cursor(cursor: str, path: str) -> int:
    mark, seq = read_cursor(cursor, (str, int), path)
    if mark != _MARK or not isinstance(seq, int):
        raise InvalidInput("the cursor belongs to another list; start at the beginning", path=path)
    return seq


def _as_it_is(told: ToldPause) -> ToldPause:
    return told


def _check_reason(reason: str) -> None:
    if take_text(reason) is None:
        raise InvalidInput("the reason must be 1 to 500 printable characters", path="input.reason")


def _span(desk: Desk, wanted: PauseAccount) -> Span:
    """From when to when, checked against now, the beginning of the account, and the pauses that were."""
    links = load_chain(desk.connection, wanted.account_id)
    since = None if wanted.since is None else _since(wanted.since, desk, links)
    until = None if wanted.until is None else _until(wanted.until, since or desk.as_of, desk.as_of)
    told = pauses_told([(link.seq, link.entry) for link in links])
    met = next((each for each in told if since is not None and _meet(each, since, until)), None)
    if met is not None:
        raise InvalidInput(
            f"the account has been paused since {met.since.isoformat()} already, until "
            f"{_end_of(met).isoformat()}; give a time that does not meet that",
            path="input.since",
        )
    return Span(since, until)


def _meet(told: ToldPause, since: datetime, until: datetime | None) -> bool:
    return since < _end_of(told) and (until is None or until > told.since)


def _end_of(told: ToldPause) -> datetime:
    """When a pause ended that does not go on."""
    return told.until or told.planned_until or told.since


def _since(outside: datetime, desk: Desk, links: Sequence[Link]) -> datetime:
    began = min([desk.reading.lifecycle.entered_at, *(link.entry.effective_at for link in links[:1])])
    since = take_instant(outside)
    if since is None or not began <= since <= desk.as_of + timedelta(days=LONGEST_DAYS):
        raise InvalidInput(
            f"the pause begins {outside.isoformat()}; expected from {began.isoformat()} on, when the account began, "
            f"and at most {LONGEST_DAYS} days ahead",
            path="input.since",
        )
    return since


def _until(outside: datetime, since: datetime, as_of: datetime) -> datetime:
    until = take_instant(outside)
    if until is None or not since < until <= as_of + timedelta(days=LONGEST_DAYS):
        raise InvalidInput(
            f"the pause ends {outside.isoformat()}; expected after its beginning and at most {LONGEST_DAYS} days ahead",
            path="input.until",
        )
    return until
