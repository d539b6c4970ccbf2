"""Moves: one carried out, and the automatic ones until nothing fires."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from lifecycle_fsm.domain.facts import NOTHING_KNOWN, Facts
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.engine.decide import decide_on_row
from lifecycle_fsm.engine.machine import AUTO, Machine
from lifecycle_fsm.engine.outcomes import Moved, Step
from lifecycle_fsm.engine.perform import perform
from lifecycle_fsm.engine.runner import Token, runner_of
from lifecycle_fsm.engine.situation import Situation


def carry_out(
    machine: Machine,
    lifecycle: Lifecycle,
    moved: Moved,
    cause: Cause,
    as_of: datetime,
    facts: Facts = NOTHING_KNOWN,
) -> Step:
    """
    Make the step of a decided move: exit effects, transition effects, stage set, enter effects.

    The first two see the account in its old stage, the last in the new one.
    """
    target = machine.stages[moved.transition.target]
    split = len(moved.effects) - len(target.on_enter)
    leaving = replace(lifecycle, revision=lifecycle.revision + 1)
    left = perform(machine, leaving, moved.effects[:split], as_of, facts=facts)
    inside = enter(left.lifecycle, target.key, as_of)
    entered = perform(machine, inside, moved.effects[split:], as_of, left.done, facts)
    return Step(
        kind=RecordKind.MOVED,
        cause=cause,
        from_stage=lifecycle.stage,
        lifecycle=entered.lifecycle,
        effective_at=as_of,
        transition=moved.transition.key,
        trigger=moved.trigger,
        done=entered.done,
        verdict=moved.verdict,
        inputs=moved.inputs,
    )


def enter(lifecycle: Lifecycle, stage: str, as_of: datetime) -> Lifecycle:
    """The lifecycle at the start of a visit to the stage."""
    return replace(
        lifecycle,
        stage=stage,
        entered_at=as_of,
        came_from=lifecycle.stage,
        visits={**lifecycle.visits, stage: lifecycle.visits.get(stage, 0) + 1},
        noted_pace=Pace.ON_TRACK,
        missed={},
        paused_ms=0,
        stops=(),
    )


def advance(situation: Situation, cause: Cause, entered: Collection[str]) -> Situation:
    """
    Take automatic moves until nothing fires; no stage is entered that is in `entered` or twice.

    Every move is judged on what the moves before it have changed.
    """
    seen = {*entered, situation.lifecycle.stage}
    while (moved := next_move(situation)) is not None and moved.transition.target not in seen:
        seen.add(moved.transition.target)
        step = carry_out(situation.machine, situation.lifecycle, moved, cause, situation.as_of, situation.facts)
        situation = situation.after(replace(step, health=situation.health))
    return situation


def next_move(situation: Situation) -> Moved | None:
    """The automatic move that the row allows now, or None; cheap where nothing moves."""
    row = situation.row
    token = Token(situation.lifecycle.stage, tuple(row.values()), situation.as_of_ms)
    if not runner_of(situation.machine).trigger(AUTO, token):
        return None
    moved = decide_on_row(situation.machine, situation.lifecycle.stage, AUTO, row, situation.as_of_ms)
    assert isinstance(moved, Moved)
    return moved
