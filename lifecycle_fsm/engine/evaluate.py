"""Everything that data and time do to one account at one date."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.engine.achievement import reach_by_data
from lifecycle_fsm.engine.advance import advance
from lifecycle_fsm.engine.alerting import watch
from lifecycle_fsm.engine.cta_rules import tend
from lifecycle_fsm.engine.deadline import next_deadline
from lifecycle_fsm.engine.expectation import note_missed
from lifecycle_fsm.engine.holding import remember_held
from lifecycle_fsm.engine.machine import AUTO, Machine
from lifecycle_fsm.engine.outcomes import Evaluation
from lifecycle_fsm.engine.overdue import note_pace
from lifecycle_fsm.engine.overriding import expire_overrides
from lifecycle_fsm.engine.pausing import expire_pause
from lifecycle_fsm.engine.situation import Situation, situation_of
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard

_OF_ALERTS = (RecordKind.ALERT_OPENED, RecordKind.ALERT_CLEARED)


def evaluate(
    machine: Machine, lifecycle: Lifecycle, facts: Facts, as_of: datetime, cause: Cause = Cause.AUTOMATIC
) -> Evaluation:
    """
    Let data and time act on an account until nothing changes any more.

    In turn: conditions with `for` are timed, milestones are dated by data, automatic
    moves are taken, a worse pace, missed milestones and alerts act, CTAs wake, close
    and recur. What they open or close may allow another move, so the turn is
    repeated; it ends because no stage is entered twice, a pace worsens twice at most
    an alert that has acted rests, and a CTA closes once.
    """
    situation = expire_pause(expire_overrides(situation_of(machine, lifecycle, facts, as_of), cause), cause)
    entered = {lifecycle.stage}
    while True:
        before = len(situation.steps)
        situation = _turn(situation, cause, entered)
        entered |= {step.lifecycle.stage for step in situation.steps}
        if len(situation.steps) == before:
            return _evaluation(situation)


def _turn(situation: Situation, cause: Cause, entered: set[str]) -> Situation:
    situation = remember_held(situation)
    situation = reach_by_data(situation, cause)
    situation = advance(situation, cause, entered)
    situation = note_pace(situation, cause)
    situation = note_missed(situation, cause)
    already = {step.subject for step in situation.steps if step.kind in _OF_ALERTS}
    return tend(watch(situation, cause, already), cause)


def _evaluation(situation: Situation) -> Evaluation:
    deadline = next_deadline(situation)
    return Evaluation(
        steps=situation.steps,
        lifecycle=situation.lifecycle,
        health=situation.health,
        row=situation.row,
        held_by_unknown=held_by_unknown(situation),
        next_check_at=None if deadline is None else from_ms(deadline),
    )


def held_by_unknown(situation: Situation) -> tuple[str, ...]:
    """The transitions that data could take if a missing or stale value were known."""
    values = tuple(situation.row.values())
    judges = _exit_judges(situation.machine)[situation.lifecycle.stage]
    return tuple(key for key, judge in judges if judge(values, situation.as_of_ms) is None)


@lru_cache(maxsize=256)
def _exit_judges(machine: Machine) -> Mapping[str, tuple[tuple[str, CompiledGuard], ...]]:
    keys = tuple(field.key for field in machine.fields)
    return {
        stage: tuple(
            (transition.key, compile_guard(transition.guard(AUTO), keys))
            for transition in exits
            if AUTO in transition.triggers
        )
        for stage, exits in machine.exits.items()
    }
