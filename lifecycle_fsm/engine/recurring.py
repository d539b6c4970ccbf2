"""When the next CTA of a rule is opened, and what that is counted from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.engine.machine import CtaRule, Machine, RecurFrom, Recurrence

ENTERED_AT, OPENED_AT, CLOSED_AT = "recur.entered_at", "recur.opened_at", "recur.closed_at"
"""Among the inputs of a recurring opening: the entry into the stage, and when the last CTA was opened and closed."""


@dataclass(frozen=True, slots=True)
class Last:
    """When the last CTA in a place was opened, and when it was closed."""

    opened_at: datetime
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was before the next CTA: the stage, its entry, and the last CTA in its place, None before the first."""

    stage: str
    entered_at: datetime
    last: Last | None


def next_opening(machine: Machine, rule: CtaRule, earlier: Earlier, as_of: datetime) -> datetime | None:
    """When the next CTA of a rule is opened, its place being free; None before the first, and in other stages."""
    if rule.recur is None or not _recurs_in(machine, rule, earlier.stage):
        return None
    at, rest = _counted(rule.recur, earlier, as_of), machine.catalog.templates[rule.template].cool_down_ms
    if at is None or earlier.last is None:
        return at
    return max(at, earlier.last.closed_at + timedelta(milliseconds=rest))


def evidence_of(earlier: Earlier) -> Mapping[str, Value]:
    """What a recurring opening is decided on, as its row keeps it."""
    last = earlier.last
    told = {} if last is None else {OPENED_AT: to_ms(last.opened_at), CLOSED_AT: to_ms(last.closed_at)}
    return {ENTERED_AT: to_ms(earlier.entered_at), **told}


def earlier_told(inputs: Mapping[str, Value], stage: str) -> Earlier | None:
    """What a row keeps of it; None where it keeps nothing."""
    entered_at, opened_at, closed_at = (inputs.get(key) for key in (ENTERED_AT, OPENED_AT, CLOSED_AT))
    if not isinstance(entered_at, int):
        return None
    if isinstance(opened_at, int) and isinstance(closed_at, int):
        return Earlier(stage, from_ms(entered_at), Last(from_ms(opened_at), from_ms(closed_at)))
    return Earlier(stage, from_ms(entered_at), None)


def _recurs_in(machine: Machine, rule: CtaRule, stage: str) -> bool:
    return stage in rule.stages if rule.stages else not machine.stages[stage].final


def _counted(recur: Recurrence, earlier: Earlier, as_of: datetime) -> datetime | None:
    span = timedelta(milliseconds=recur.every_ms)
    if recur.since is RecurFrom.STAGE_ENTRY:
        return _next_tick(span, earlier, as_of)
    if earlier.last is None:
        return None
    return (earlier.last.closed_at if recur.since is RecurFrom.CLOSING else earlier.last.opened_at) + span


def _next_tick(span: timedelta, earlier: Earlier, as_of: datetime) -> datetime:
    """
    The date of the schedule that counts next: the last that has passed unless a CTA was opened or closed since.

    Dates that nobody looked at while they passed count once.
    """
    entered_at, last = earlier.entered_at, earlier.last
    ticks = (as_of - entered_at) // span
    passed = entered_at + ticks * span
    busy_until = entered_at if last is None else max(entered_at, last.opened_at, last.closed_at)
    return passed if ticks >= 1 and passed > busy_until else passed + span
