"""An account as its history tells it: how it stood at an instant, and what people did to it since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from lifecycle_fsm.domain.cta import Cta, CtaOutcome
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import AlertState, Lifecycle
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.override import Override
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.services.notes import severity_noted
from lifecycle_fsm.services.pauses_told import numbered, pause_of, pauses_told
from lifecycle_fsm.services.planning.past_ctas import ctas_at
from lifecycle_fsm.store.ledger import Entry
from lifecycle_fsm.store.past_visits import PastVisit

_ENTERING = frozenset({RecordKind.ASSIGNED, RecordKind.MOVED, RecordKind.REASSIGNED, RecordKind.MIGRATED})
_BY_PEOPLE = frozenset({Cause.PERSON, Cause.OVERRIDE})


@dataclass(frozen=True, slots=True)
class TriggerFired:
    """A person moved the account."""

    at: datetime
    trigger: str


@dataclass(frozen=True, slots=True)
class MilestoneDated:
    """A person dated a milestone."""

    at: datetime
    milestone: str


@dataclass(frozen=True, slots=True)
class CtaDone:
    """A person closed a CTA of this template."""

    at: datetime
    template: str
    outcome: CtaOutcome


@dataclass(frozen=True, slots=True)
class PlanMoved:
    """A person changed a success plan of this type."""

    at: datetime
    type: str


@dataclass(frozen=True, slots=True)
class SegmentChosen:
    """A person put the account into a segment, in a stage of it."""

    at: datetime
    segment: str
    stage: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class PauseSet:
    """A person paused the account, or planned to."""

    at: datetime
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ClockResumed:
    """A person let the clock of the account's stage go on, or gave up a pause that was planned."""

    at: datetime


ClockDeed = PauseSet | ClockResumed
"""What people did to the clock of the stage."""

Deed = TriggerFired | MilestoneDated | CtaDone | PlanMoved | SegmentChosen | ClockDeed


def stood_at(now: Lifecycle, history: Sequence[Entry], at: datetime, visits: Sequence[PastVisit]) -> Lifecycle | None:
    """
    The account as it stood at an instant, None before its lifecycle began.

    `visits` are those of the account that are over: they say since when it stood where it did.
    Conditions with `for` begin to count anew.
    """
    rows = [entry for entry in _standing(history) if entry.effective_at <= at]
    if not any(entry.kind is RecordKind.ASSIGNED for entry in rows):
        return None
    last, entered_at, told = rows[-1], _entered_at(now, history, at, visits), pauses_told(numbered(history))
    ended = (each.until_at_most(at) for each in told)
    stops = tuple(stop for each in ended if each is not None and (stop := each.after(entered_at)).length_ms)
    return replace(
        now,
        machine=last.machine,
        stage=last.to_stage,
        entered_at=entered_at,
        came_from=next((entry.from_stage for entry in reversed(rows) if entry.kind is RecordKind.MOVED), None),
        visits=_visits(rows),
        milestones={key: reached for key, reached in now.milestones.items() if reached <= at},
        ctas=ctas_at(now.ctas, history, at),
        plans=tuple(plan for plan in now.plans if plan.opened_at <= at),
        noted_pace=_noted_pace(rows),
        alerts=_ended(_alerts(rows), now, at),
        held={},
        by_hand=_by_hand(now, history, rows),
        overrides=_overrides(rows),
        pause=next((each.pause for each in told if each.was_set_at(at)), None),
        paused_ms=sum(stop.length_ms for stop in stops),
        stops=stops,
        revision=sum(entry.effective_at <= at for entry in history),
    )


def _standing(rows: Sequence[Entry]) -> list[Entry]:
    """The rows without those of runs that were taken back, and without the taking back."""
    undone = {entry.subject for entry in rows if entry.kind is RecordKind.RUN_UNDONE}
    kept = (entry for entry in rows if entry.kind is not RecordKind.RUN_UNDONE)
    return [entry for entry in kept if str(entry.run_id) not in undone]


def deeds_of_people(now: Lifecycle, history: Sequence[Entry]) -> Iterator[Deed]:
    """What people did, oldest first; what the machine did of its own is left out."""
    templates = {cta.cause_key: cta for cta in now.ctas}
    for seq, entry in numbered(history):
        yield from _of_clock(seq, entry)
        yield from _of_account(now, seq, history, templates.get(entry.subject or ""))


def _of_clock(seq: int, entry: Entry) -> Iterator[ClockDeed]:
    if entry.kind is RecordKind.PAUSED:
        pause = pause_of(seq, entry)
        yield PauseSet(entry.effective_at, pause.since, pause.planned_until)
    elif entry.kind is RecordKind.RESUMED and entry.cause in _BY_PEOPLE:
        yield ClockResumed(entry.effective_at)


def _of_account(now: Lifecycle, seq: int, history: Sequence[Entry], cta: Cta | None) -> Iterator[Deed]:
    """What the row with this number tells; the CTA is the one that it is about, None for none."""
    entry = history[seq - 1]
    match entry.kind:
        case RecordKind.MOVED if entry.cause in _BY_PEOPLE and entry.trigger is not None:
            yield TriggerFired(entry.effective_at, entry.trigger)
        case RecordKind.MILESTONE_REACHED if entry.subject is not None and entry.cause in _BY_PEOPLE:
            yield MilestoneDated(entry.effective_at, entry.subject)
        case RecordKind.CTA_CLOSED if cta is not None and cta.outcome is not None:
            yield CtaDone(entry.effective_at, cta.template, cta.outcome)
        case RecordKind.PLAN_CHANGED if entry.subject is not None:
            yield PlanMoved(entry.effective_at, entry.subject)
        case RecordKind.REASSIGNED if _is_chosen(entry) and entry.trigger is not None:
            by_hand = _by_hand(now, history, history[:seq])
            yield SegmentChosen(entry.effective_at, entry.trigger, entry.to_stage, by_hand)
        case _:
            return


def _is_chosen(entry: Entry) -> bool:
    return entry.kind in (RecordKind.ASSIGNED, RecordKind.REASSIGNED) and entry.cause is Cause.PERSON


def _by_hand(now: Lifecycle, history: Sequence[Entry], rows: Sequence[Entry]) -> bool:
    """Whether a person had chosen the segment; only of the last choice it is known that rules may take it away."""
    chosen, all_chosen = (sum(map(_is_chosen, some)) for some in (rows, history))
    return now.by_hand if chosen == all_chosen else chosen > 0


def _entered_at(now: Lifecycle, history: Sequence[Entry], at: datetime, visits: Sequence[PastVisit]) -> datetime:
    """Since when the clock ran: that of the first visit that a later row ended, else of the one that goes on."""
    last = max(seq for seq, entry in numbered(history) if entry.effective_at <= at)
    return next((visit.entered_at for visit in visits if visit.seq > last), now.entered_at)


def _enters(entry: Entry) -> bool:
    return entry.kind in _ENTERING and (entry.kind is RecordKind.MOVED or entry.from_stage != entry.to_stage)


def _visits(rows: Sequence[Entry]) -> Mapping[str, int]:
    visits: dict[str, int] = {}
    for entry in rows:
        if _enters(entry):
            visits[entry.to_stage] = visits.get(entry.to_stage, 0) + 1
    return visits


def _overrides(rows: Sequence[Entry]) -> Mapping[str, Override]:
    """What people had said in the place of measures; the rows are numbered from 1 without a gap."""
    said: dict[str, Override] = {}
    for seq, entry in enumerate(rows, 1):
        if entry.kind is RecordKind.OVERRIDE_ENDED:
            said.pop(str(entry.subject), None)
        for note in orjson.loads(entry.effects) if entry.kind is RecordKind.HEALTH_OVERRIDDEN else ():
            if note["did"] == "override_set":
                until = from_ms(note["until"])
                said[note["measure"]] = Override(
                    note["measure"], float(note["value"]), entry.effective_at, until, entry.actor, seq
                )
    return said


def _noted_pace(rows: Sequence[Entry]) -> Pace:
    for entry in reversed(rows):
        if entry.kind is RecordKind.PACE_CHANGED and entry.subject is not None:
            return Pace(entry.subject)
        if _enters(entry):
            break
    return Pace.ON_TRACK


def _ended(alerts: Mapping[str, AlertState], now: Lifecycle, at: datetime) -> Mapping[str, AlertState]:
    """The same, with the ends that no row tells of: another segment or version did not have the alert."""
    ended = {
        key: replace(state, cleared_at=known.cleared_at)
        for key, state in alerts.items()
        if (known := now.alerts.get(key)) is not None
        and (known.episode, known.opened_at) == (state.episode, state.opened_at)
        and known.cleared_at is not None
        and known.cleared_at <= at
    }
    return {**alerts, **ended}


def _alerts(rows: Sequence[Entry]) -> Mapping[str, AlertState]:
    alerts: dict[str, AlertState] = {}
    for entry in rows:
        if entry.subject is None:
            continue
        if entry.kind is RecordKind.ALERT_OPENED:
            before = alerts.get(entry.subject)
            number = 1 if before is None else before.episode + 1
            alerts[entry.subject] = AlertState(number, entry.effective_at, severity=severity_noted(entry.effects))
        elif entry.kind is RecordKind.ALERT_RAISED and entry.subject in alerts:
            severity = severity_noted(entry.effects)
            alerts[entry.subject] = replace(alerts[entry.subject], severity=severity, raised_at=entry.effective_at)
        elif entry.kind is RecordKind.ALERT_CLEARED and entry.subject in alerts:
            alerts[entry.subject] = replace(alerts[entry.subject], cleared_at=entry.effective_at)
    return alerts
