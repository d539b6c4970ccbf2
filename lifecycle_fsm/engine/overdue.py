"""Time in stage: effects when an account falls behind or gets stuck, once per visit."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lifecycle_fsm.domain.calendars import Span, after
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.pace import Pace, pace_of
from lifecycle_fsm.domain.zones import Clock, Zone
from lifecycle_fsm.engine.machine import Machine, Stage
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.engine.perform import perform
from lifecycle_fsm.engine.situation import Situation


@dataclass(frozen=True, slots=True)
class Limits:
    """Up to when a visit is on track, and up to when it is not stuck; None for ever."""

    behind_after: datetime | None
    stuck_after: datetime | None


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


def note_pace(situation: Situation, cause: Cause) -> Situation:
    """Carry out the effects of a pace that got worse; an account that is already stuck skips nothing."""
    stage, lifecycle = situation.stage, situation.lifecycle
    pace = pace_in(situation.machine, lifecycle, situation.as_of, situation.zone)
    for worse in (Pace.BEHIND, Pace.STUCK):
        if lifecycle.noted_pace.rank < worse.rank <= pace.rank:
            step = _pace_step(situation.machine, situation.lifecycle, worse, _effects(stage, worse), situation, cause)
            situation = situation.after(step)
    return situation


def _pace_step(
    machine: Machine, lifecycle: Lifecycle, pace: Pace, effects: tuple[Effect, ...], situation: Situation, cause: Cause
) -> Step:
    noted = replace(lifecycle, revision=lifecycle.revision + 1, noted_pace=pace)
    performed = perform(machine, noted, effects, situation.as_of, facts=situation.facts)
    return Step(
        kind=RecordKind.PACE_CHANGED,
        cause=cause,
        from_stage=lifecycle.stage,
        lifecycle=performed.lifecycle,
        effective_at=situation.as_of,
        subject=pace.value,
        done=performed.done,
        inputs=situation.row,
    )


def _effects(stage: Stage, pace: Pace) -> tuple[Effect, ...]:
    return stage.on_behind if pace is Pace.BEHIND else stage.on_stuck
