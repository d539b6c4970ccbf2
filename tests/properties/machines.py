"""Random machines for tests and benchmarks: seeded, so that a failure can be played again."""

from random import Random

from lifecycle_fsm.domain.effects import Effect, Notify
from lifecycle_fsm.engine.machine import Machine, Stage, Transition
from lifecycle_fsm.guards.model import All, AnyOf, Guard, Not
from tests.builders import a_machine, a_transition, stage_age, usage

TRIGGERS = ("auto", "advance", "return", "escalate")


def random_machine(random: Random) -> Machine:
    """A machine of 2 to 7 stages and up to 20 transitions, with effects on every edge that can have one."""
    keys = [f"s{number}" for number in range(random.randint(2, 7))]
    stages = tuple(
        Stage(key, key, on_enter=_effects(random, "enter", key), on_exit=_effects(random, "exit", key)) for key in keys
    )
    transitions = tuple(_transition(random, number, keys) for number in range(random.randint(1, 20)))
    return a_machine(*transitions, stages=stages)


def _transition(random: Random, number: int, keys: list[str]) -> Transition:
    return a_transition(
        f"t{number}",
        random.choice(keys),
        random.choice(keys),
        random_guard(random, 2),
        *random.sample(TRIGGERS, random.randint(1, 2)),
        priority=random.randint(0, 2),
        effects=_effects(random, "act", f"t{number}"),
    )


def random_guard(random: Random, depth: int) -> Guard:
    """A condition over usage and time in stage, of that depth at most."""
    if depth == 0 or random.random() < 0.4:
        return random.choice([usage(random.choice([20.0, 50.0])), usage(below=50.0), stage_age(random.choice([0, 1]))])
    parts = tuple(random_guard(random, depth - 1) for _ in range(random.randint(1, 3)))
    compositions: list[Guard] = [All(parts), AnyOf(parts), Not(parts[0])]
    return random.choice(compositions)


def _effects(random: Random, when: str, key: str) -> tuple[Effect, ...]:
    return (Notify(when, key),) if random.random() < 0.5 else ()
