"""Who takes an account: the rules of segments over its facts, asked by rank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route, migrate
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.guards.deadlines import next_change
from lifecycle_fsm.guards.model import Guard, Reading, fields, leaves
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard

RULES = "segment.rules"
"""Among the inputs of a change of segment: the digests of the machines that were asked, by rank, joined by commas."""

Ranked = tuple[Machine, ...]
"""The machines of all segments in the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class TakenAway:
    """The step by which another segment takes an account, and the machine that it follows from then on."""

    step: Step
    machine: Machine


def first_that_takes(ranked: Sequence[Machine], values: Mapping[str, Value], as_of: datetime) -> Machine | None:
    """The first machine whose rule holds for what is known; unknown does not take."""
    as_of_ms = to_ms(as_of)
    for machine in ranked:
        rule = machine.assignment.when
        if rule is not None:
            keys, judge = _judge(rule)
            if judge(tuple(map(values.get, keys)), as_of_ms) is True:
                return machine
    return None


def take_away(
    ranked: Ranked, before: Machine, lifecycle: Lifecycle, values: Mapping[str, Value], as_of: datetime
) -> TakenAway | None:
    """
    Let the rules take an account to another segment; None where it stays.

    It stays when a person put it where it is, when no rule or that of its own segment
    takes it, and when its stage leads nowhere in the other segment.
    """
    if lifecycle.by_hand:
        return None
    after = first_that_takes(ranked, values, as_of)
    if after is None or after.segment == lifecycle.segment:
        return None
    landings = {stage: landing for stage in before.stages if (landing := after.landing(before.segment, stage))}
    if lifecycle.stage not in landings:
        return None
    step = migrate(Route(before, after, landings), lifecycle, as_of, Cause.AUTOMATIC)
    return TakenAway(replace(step, inputs=_evidence(ranked, values)), after)


def next_taking(ranked: Ranked, values: Mapping[str, Value], as_of: datetime) -> int | None:
    """The first instant after the evaluation date at which time alone may change who takes an account."""
    instants = (next_change(rule, values, to_ms(as_of)) for rule in _timed(ranked))
    return min((each for each in instants if each is not None), default=None)


def waits_for_time(ranked: Ranked) -> bool:
    """Whether time alone may change who takes an account."""
    return bool(_timed(ranked))


def _evidence(ranked: Ranked, values: Mapping[str, Value]) -> Mapping[str, Value]:
    rules = (machine.assignment.when for machine in ranked if machine.assignment.when is not None)
    keys = sorted({field.key for rule in rules for field in fields(rule)})
    return {**{key: values.get(key) for key in keys}, RULES: ",".join(machine.digest for machine in ranked)}


@lru_cache(maxsize=256)
def _judge(rule: Guard) -> tuple[tuple[str, ...], CompiledGuard]:
    keys = tuple(sorted({field.key for field in fields(rule)}))
    return keys, compile_guard(rule, keys)


@lru_cache(maxsize=64)
def _timed(ranked: Ranked) -> tuple[Guard, ...]:
    rules = (machine.assignment.when for machine in ranked)
    return tuple(rule for rule in rules if rule is not None and _depends_on_time(rule))


def _depends_on_time(rule: Guard) -> bool:
    return any(leaf.subject.reading is not Reading.VALUE or leaf.subject.freshness is not None for leaf in leaves(rule))
