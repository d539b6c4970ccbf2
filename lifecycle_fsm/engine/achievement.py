"""Milestones that data dates: reached as soon as their condition is true, dated by what made it true."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from lifecycle_fsm.domain.fields import Value, observed_field
from lifecycle_fsm.domain.history import Cause
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.engine.asked import date_milestone
from lifecycle_fsm.engine.machine import Achievement, Machine
from lifecycle_fsm.engine.situation import Situation
from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Leaf, Not, Reading, SubjectKind, leaves
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard
from lifecycle_fsm.guards.reference import judge

REVOKED_AT = "revocation.at"
"""Among the inputs of a milestone that data dated: when a person took its last date back."""
_NEVER = -(2**63)


def reach_by_data(situation: Situation, cause: Cause) -> Situation:
    """Date each milestone whose condition is true and that is not reached yet."""
    for achievement in awaited(situation):
        judges = _judges(situation.machine)
        if judges[achievement.milestone](tuple(situation.row.values()), situation.as_of_ms) is not True:
            continue
        seen = _with_observations(achievement, situation)
        reached_at = dated_on(achievement.when, seen, situation.as_of_ms)
        if to_ms(reached_at) > _revoked_ms(seen):
            step = date_milestone(situation.lifecycle, achievement.milestone, reached_at, situation.as_of, cause, seen)
            situation = situation.after(step)
    return situation


def awaited(situation: Situation) -> Iterator[Achievement]:
    """The milestones that data may date in the present stage and that are not reached yet."""
    for achievement in situation.machine.achievements:
        here = situation.lifecycle.stage in achievement.stages if achievement.stages else True
        if here and achievement.milestone not in situation.lifecycle.milestones:
            yield achievement


def dated_on(guard: Guard, row: Mapping[str, Value], as_of_ms: int) -> datetime:
    """
    Since when the observations have made a true condition true, at the latest the evaluation date.

    All parts must have been seen, of alternatives the first that holds; what only time
    or the machine itself can tell is dated with the evaluation date. The row has the
    instants of observation, too.
    """
    return from_ms(min(_seen(guard, row, as_of_ms), as_of_ms))


def may_date(guard: Guard, row: Mapping[str, Value], reached_at_ms: int, as_of_ms: int) -> bool:
    """Whether a row with its observations dates a milestone so, and not before a person took it back."""
    return to_ms(dated_on(guard, row, as_of_ms)) == reached_at_ms > _revoked_ms(row)


def _with_observations(achievement: Achievement, situation: Situation) -> Mapping[str, Value]:
    """The row of fields, when each value that the condition reads was observed, and when the milestone was revoked."""
    values = situation.facts.values
    keys = (observed_field(leaf.subject.field).key for leaf in leaves(achievement.when))
    revoked_at = situation.lifecycle.revoked.get(achievement.milestone)
    revoked = {} if revoked_at is None else {REVOKED_AT: to_ms(revoked_at)}
    return {**situation.row, **{key: values[key] for key in keys if key in values}, **revoked}


def _revoked_ms(row: Mapping[str, Value]) -> int:
    revoked_at = row.get(REVOKED_AT)
    return revoked_at if isinstance(revoked_at, int) else _NEVER


def _seen(guard: Guard, row: Mapping[str, Value], as_of_ms: int) -> int:
    match guard:
        case Leaf():
            return _observed(guard, row, as_of_ms)
        case Held():
            since = row.get(guard.since.key)
            return since + guard.for_ms if isinstance(since, int) else as_of_ms
        case Not():
            return _seen(guard.part, row, as_of_ms)
        case All():
            return max((_seen(part, row, as_of_ms) for part in guard.parts), default=as_of_ms)
        case AnyOf() | AtLeastOf():
            count = guard.count if isinstance(guard, AtLeastOf) else 1
            true = sorted(_seen(part, row, as_of_ms) for part in guard.parts if judge(part, row, as_of_ms) is True)
            return true[count - 1] if 0 < count <= len(true) else as_of_ms


def _observed(leaf: Leaf, row: Mapping[str, Value], as_of_ms: int) -> int:
    of = leaf.subject
    if of.reading is not Reading.VALUE:
        return as_of_ms
    is_dated = of.kind is SubjectKind.MILESTONE
    known = row.get(of.field.key if is_dated else observed_field(of.field).key)
    return known if isinstance(known, int) else as_of_ms


@lru_cache(maxsize=256)
def _judges(machine: Machine) -> Mapping[str, CompiledGuard]:
    keys = tuple(field.key for field in machine.fields)
    return {each.milestone: compile_guard(each.when, keys) for each in machine.achievements}
