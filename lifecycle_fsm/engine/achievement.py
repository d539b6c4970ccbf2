"""Milestones that data dates: reached as soon as their condition is true, dated by what made it true."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from lifecycle_fsm.domain.fields import Value, observed_field
from lifecycle_fsm.domain.history import Cause
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.engine.asked import date_milestone
from lifecycle_fsm.engine.machine import Achievement, Machine
from lifecycle_fsm.engine.situation import Situation
from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Leaf, Not, Reading, SubjectKind
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard
from lifecycle_fsm.guards.reference import judge


def reach_by_data(situation: Situation, cause: Cause) -> Situation:
    """Date each milestone whose condition is true and that is not reached yet."""
    for achievement in awaited(situation):
        judges = _judges(situation.machine)
        if judges[achievement.milestone](tuple(situation.row.values()), situation.as_of_ms) is not True:
            continue
        reached_at = dated(achievement.when, situation)
        revoked_at = situation.lifecycle.revoked.get(achievement.milestone)
        if revoked_at is None or reached_at > revoked_at:
            step = date_milestone(
                situation.lifecycle, achievement.milestone, reached_at, situation.as_of, cause, situation.row
            )
            situation = situation.after(step)
    return situation


def awaited(situation: Situation) -> Iterator[Achievement]:
    """The milestones that data may date in the present stage and that are not reached yet."""
    for achievement in situation.machine.achievements:
        here = situation.lifecycle.stage in achievement.stages if achievement.stages else True
        if here and achievement.milestone not in situation.lifecycle.milestones:
            yield achievement


def dated(guard: Guard, situation: Situation) -> datetime:
    """
    Since when the observations have made a true condition true, at the latest the evaluation date.

    All parts must have been seen, of alternatives the first that holds; what only time
    or the machine itself can tell is dated with the evaluation date.
    """
    return from_ms(min(_seen(guard, situation), situation.as_of_ms))


def _seen(guard: Guard, situation: Situation) -> int:
    match guard:
        case Leaf():
            return _observed(guard, situation)
        case Held():
            since = situation.row.get(guard.since.key)
            return since + guard.for_ms if isinstance(since, int) else situation.as_of_ms
        case Not():
            return _seen(guard.part, situation)
        case All():
            return max((_seen(part, situation) for part in guard.parts), default=situation.as_of_ms)
        case AnyOf() | AtLeastOf():
            count = guard.count if isinstance(guard, AtLeastOf) else 1
            true = sorted(_seen(part, situation) for part in guard.parts if _holds(part, situation))
            return true[count - 1] if 0 < count <= len(true) else situation.as_of_ms


def _holds(guard: Guard, situation: Situation) -> bool:
    return judge(guard, situation.row, situation.as_of_ms) is True


def _observed(leaf: Leaf, situation: Situation) -> int:
    of = leaf.subject
    if of.reading is not Reading.VALUE:
        return situation.as_of_ms
    values: Mapping[str, Value] = situation.facts.values
    known = (
        situation.row.get(of.field.key)
        if of.kind is SubjectKind.MILESTONE
        else values.get(observed_field(of.field).key)
    )
    return known if isinstance(known, int) else situation.as_of_ms


@lru_cache(maxsize=256)
def _judges(machine: Machine) -> Mapping[str, CompiledGuard]:
    keys = tuple(field.key for field in machine.fields)
    return {each.milestone: compile_guard(each.when, keys) for each in machine.achievements}
