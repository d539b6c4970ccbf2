"""Time in stage: effects when an account falls behind or gets stuck, once per visit."""

from dataclasses import replace
from datetime import datetime, timedelta

from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.pace import Pace, pace_of
from lifecycle_fsm.engine.machine import Machine, Stage
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.engine.perform import perform
from lifecycle_fsm.engine.situation import Situation


def pace_in(stage: Stage, entered_at: datetime, as_of: datetime) -> Pace:
    """The pace of a visit to the stage that began at `entered_at`."""
    return pace_of(entered_at, _span(stage.expected_ms), _span(stage.stuck_ms), as_of)


def note_pace(situation: Situation, cause: Cause) -> Situation:
    """Carry out the effects of a pace that got worse; an account that is already stuck skips nothing."""
    stage, lifecycle = situation.stage, situation.lifecycle
    pace = pace_in(stage, lifecycle.entered_at, situation.as_of)
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


def _span(milliseconds: int | None) -> timedelta | None:
    return None if milliseconds is None else timedelta(milliseconds=milliseconds)
