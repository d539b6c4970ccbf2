"""Time in stage: effects when an account falls behind or gets stuck, once per visit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lifecycle_fsm.domain.calendars import Span, after
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.pace import Pace, pace_of
from lifecycle_fsm.domain.zones import Clock, Zone
from lifecycle_fsm.engine.expectation import Noting
from lifecycle_fsm.engine.machine import Machine, Stage
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.engine.perform import perform
from lifecycle_fsm.engine.situation import Situation

BEGUN_AT, COUNTED_TO = "pace.begun_at", "pace.counted_to"
"""Among the inputs of a worse pace: when the clock of the visit began, and up to when it had gone."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Up to when a visit is on track, and up to when it is not stuck; None for ever."""

    behind_after: datetime | None
    stuck_after: datetime | None


@dataclass(frozen=True, slots=True)
class Visit:
    """The clock of a visit: when it began, moved by the pauses that are over, and up to when it has gone."""

    begun_at: datetime
    counted_to: datetime


def limits_of(machine: Machine, lifecycle: Lifecycle, zone: Zone) -> Limits:
    """The limits of the present visit as they are if no pause goes on, where days begin as in a zone."""
    stage = machine.stages[lifecycle.stage]
    begun = lifecycle.entered_at + timedelta(milliseconds=lifecycle.paused_ms)
    return Limits(limit_after(machine, begun, stage.expected, zone), limit_after(machine, begun, stage.stuck, zone))


def pace_in(machine: Machine, lifecycle: Lifecycle, as_of: datetime, zone: Zone) -> Pace:
    """The pace of the present visit, where days begin as in a zone."""
    limits, still_since = limits_of(machine, lifecycle, zone), lifecycle.still_since
    if lifecycle.pause is not None and lifecycle.pause.is_over(as_of):
        over = replace(lifecycle, pause=None, paused_ms=lifecycle.stood_still_ms(as_of))
        return pace_in(machine, over, as_of, zone)
    return pace_of(limits.behind_after, limits.stuck_after, as_of if still_since is None else min(as_of, still_since))


def limit_after(machine: Machine, entered_at: datetime, span: Span | None, clock: Clock) -> datetime | None:
    """Up to when a visit that began then is within a limit of its stage; None for ever."""
    return None if span is None else after(machine.workdays, entered_at, span, clock)


def has_passed(machine: Machine, stage: str, pace: Pace, visit: Visit, clock: Clock) -> bool:
    """Whether a visit is at least as late as a pace says."""
    rules = machine.stages[stage]
    spans = (rules.expected, rules.stuck) if pace is Pace.BEHIND else (rules.stuck,)
    limits = (limit_after(machine, visit.begun_at, span, clock) for span in spans)
    return any(limit is not None and visit.counted_to > limit for limit in limits)


def note_pace(situation: Situation, cause: Cause) -> Situation:
    """Carry out the effects of a pace that got worse; an account that is already stuck skips nothing."""
    visit, machine, stage = _visit(situation), situation.machine, situation.stage
    for worse in (Pace.BEHIND, Pace.STUCK):
        clock = Noting(situation.zone)
        is_worse = situation.lifecycle.noted_pace.rank < worse.rank
        if is_worse and has_passed(machine, stage.key, worse, visit, clock):
            shifts = {} if machine.time_zone is None else clock.shifts
            seen = {BEGUN_AT: to_ms(visit.begun_at), COUNTED_TO: to_ms(visit.counted_to), **shifts}
            situation = situation.after(_pace_step(situation, worse, cause, seen))
    return situation


def _visit(situation: Situation) -> Visit:
    lifecycle = situation.lifecycle
    begun_at = lifecycle.entered_at + timedelta(milliseconds=lifecycle.paused_ms)
    still_since = lifecycle.still_since
    return Visit(begun_at, situation.as_of if still_since is None else min(situation.as_of, still_since))


def _pace_step(situation: Situation, pace: Pace, cause: Cause, seen: Mapping[str, Value]) -> Step:
    lifecycle = situation.lifecycle
    noted = replace(lifecycle, revision=lifecycle.revision + 1, noted_pace=pace)
    effects = effects_of(situation.stage, pace)
    performed = perform(situation.machine, noted, effects, situation.as_of, facts=situation.facts)
    return Step(
        kind=RecordKind.PACE_CHANGED,
        cause=cause,
        from_stage=lifecycle.stage,
        lifecycle=performed.lifecycle,
        effective_at=situation.as_of,
        subject=pace.value,
        done=performed.done,
        inputs={**situation.row, **seen},
    )


def effects_of(stage: Stage, pace: Pace) -> tuple[Effect, ...]:
    """What a stage asks to be done when a visit comes to a pace that is worse."""
    return stage.on_behind if pace is Pace.BEHIND else stage.on_stuck
