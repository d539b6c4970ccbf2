"""Conditions with `for`: since when each has been true without a break."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.situation import Situation
from lifecycle_fsm.guards.model import held_parts
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard


def remember_held(situation: Situation) -> Situation:
    """Start the clock of conditions that have become true, forget those that are not true any more."""
    judges = _held_judges(situation.machine)
    if not judges:
        return situation
    values = tuple(situation.row.values())
    before = situation.lifecycle.held
    true_now = [digest for digest, judge in judges.items() if judge(values, situation.as_of_ms) is True]
    held = {digest: before.get(digest, situation.as_of) for digest in true_now}
    return situation if held == before else situation.with_lifecycle(replace(situation.lifecycle, held=held))


@lru_cache(maxsize=256)
def _held_judges(machine: Machine) -> Mapping[str, CompiledGuard]:
    keys = tuple(field.key for field in machine.fields)
    parts = [held for guard in machine.guards() for held in held_parts(guard)]
    return {held.since.key.removeprefix("held."): compile_guard(held.leaf, keys) for held in parts}
