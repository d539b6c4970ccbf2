"""Random machines with forty steps each, what our runner does with them, and what XState is asked."""

from dataclasses import dataclass, replace
from random import Random

import orjson

from lifecycle_fsm.definition.document import Document
from lifecycle_fsm.definition.export.names import action, condition_name
from lifecycle_fsm.definition.export.xstate import xstate
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.engine.machine import Machine, Stage, Transition
from lifecycle_fsm.engine.runner import Runner, Token
from lifecycle_fsm.guards.model import ALWAYS
from lifecycle_fsm.guards.reference import judge
from tests.properties.machines import TRIGGERS, random_machine

STEPS = 40
AS_OF_MS = 10**12

Deeds = list[list[object]]
"""Effects in their order, each as its word and what it is about."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one trigger did: where the account stands afterwards, whether that is an end, and what was to be done."""

    stage: str
    done: bool
    effects: Deeds


@dataclass(frozen=True, slots=True)
class Case:
    """One machine: the steps that it took, in how many it moved, and the same steps as a question to XState."""

    machine: Machine
    steps: tuple[Step, ...]
    moves: int
    question: dict[str, object]


def a_case(seed: int) -> Case:
    """Play forty random triggers; a machine that has come to its end starts anew before the next one."""
    random = Random(seed)
    machine = _varied(random_machine(random), random)
    runner, stage, moves = Runner(machine), machine.initial, 0
    steps: list[Step] = []
    asked: list[dict[str, object]] = []
    for _ in range(STEPS):
        stage = machine.initial if machine.stages[stage].final else stage
        trigger, row = random.choice(TRIGGERS), _row(random)
        asked.append({"trigger": trigger, "truths": _truths(machine, stage, row)})
        token = Token(stage, tuple(row.get(field.key) for field in machine.fields), AS_OF_MS)
        moves += runner.trigger(trigger, token)
        stage = token.state
        steps.append(Step(stage, machine.stages[stage].final, deeds(token.noted)))
    return Case(machine, tuple(steps), moves, {"chart": orjson.loads(xstate(machine)), "steps": asked})


def deeds(effects: tuple[Effect, ...]) -> Deeds:
    """Effects as XState is told of them."""
    return [_listed(*action(effect)) for effect in effects]


def _listed(word: str, about: dict[str, Document]) -> list[object]:
    return [word, about]


def _row(random: Random) -> dict[str, Value]:
    return {
        "measure.usage": random.choice([None, 0.0, 20.0, 50.0, 100.0]),
        "stage.entered_at": AS_OF_MS - random.choice([0, DAY_MS // 2, DAY_MS]),
    }


def _truths(machine: Machine, stage: str, row: dict[str, Value]) -> dict[str, bool]:
    """Every condition of the stage, as the reference judges it."""
    return {
        name: judge(transition.guard(trigger), row, AS_OF_MS) is True
        for transition in machine.exits[stage]
        for trigger in transition.triggers
        if (name := condition_name(transition, trigger)) is not None
    }


def _varied(machine: Machine, random: Random) -> Machine:
    """The machine with names that have dots, ends, times to dwell, and moves without a condition."""
    names = {key: random.choice([key, f"{key}.x", f"x.{key}"]) for key in machine.stages}
    stages = (_renamed(stage, names, final=not machine.exits[key]) for key, stage in machine.stages.items())
    return replace(
        machine,
        initial=names[machine.initial],
        stages={stage.key: stage for stage in stages},
        transitions=tuple(_changed(transition, names, random) for transition in machine.transitions),
    )


def _renamed(stage: Stage, names: dict[str, str], *, final: bool) -> Stage:
    return replace(stage, key=names[stage.key], final=final)


def _changed(transition: Transition, names: dict[str, str], random: Random) -> Transition:
    return replace(
        transition,
        source=names[transition.source],
        target=names[transition.target],
        when=random.choice([transition.when] * 9 + [ALWAYS]),
        min_dwell_ms=random.choice([0, 0, DAY_MS]),
    )
