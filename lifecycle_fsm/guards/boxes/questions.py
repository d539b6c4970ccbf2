"""What can be asked about guards, and answered exactly."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lifecycle_fsm.domain.fields import Field
from lifecycle_fsm.guards.boxes.answers import Answer, NotDecided, Unsatisfiable
from lifecycle_fsm.guards.boxes.formula import Formula, formula_of
from lifecycle_fsm.guards.boxes.limits import NO_LIMITS, Limits
from lifecycle_fsm.guards.boxes.literals import Slot, Want
from lifecycle_fsm.guards.boxes.places import in_utc, is_local
from lifecycle_fsm.guards.boxes.plain import plainly_possible
from lifecycle_fsm.guards.boxes.search import CAP, answer, can_hold
from lifecycle_fsm.guards.model import Guard, fields
from lifecycle_fsm.guards.stored import Origin


@dataclass(frozen=True, slots=True)
class Asked:
    """A guard, the answer wanted of it, and the path that its leaves go on from in a core."""

    guard: Guard
    want: Want = Want.TRUE
    path: str = ""


def together(asked: Iterable[Asked], limits: Limits = NO_LIMITS, cap: int = CAP) -> Answer:
    """
    Find an account, and an evaluation date, at which every guard answers as wanted.

    Exact for all values that fields of their kind can hold within the limits, with these
    ties: health's band and score, changes and present values, milestones at any time
    and since stage entry, wider and narrower choices of CTAs. The health score is
    a quantity of its own, not computed from measures; so is the time that a condition has held.
    Guards that count local days are asked in UTC; where a "no" might hold there alone, nothing is decided.
    """
    given = tuple(asked)
    guards = _in_utc(given)
    read = {field for each in guards for field in fields(each.guard)}
    known = (_slot(field) for field in read if _is_always_known(field, limits))
    found = answer(_formulas(guards), known, limits, cap)
    no_longer_certain = isinstance(found, Unsatisfiable) and is_local(each.guard for each in given)
    return NotDecided(0) if no_longer_certain else found


def _in_utc(asked: Iterable[Asked]) -> tuple[Asked, ...]:
    return tuple(replace(each, guard=in_utc(each.guard)) for each in asked)


def _formulas(asked: Iterable[Asked]) -> tuple[Formula, ...]:
    return tuple(formula_of(each.guard, each.want, each.path) for each in asked)


def _is_always_known(field: Field, limits: Limits) -> bool:
    return limits.of(field.key, field.kind).always_known


def _slot(field: Field) -> Slot:
    return Slot(field.key, field.kind, Origin.ZERO, None, None)


def satisfiable(guard: Guard, limits: Limits = NO_LIMITS, cap: int = CAP) -> Answer:
    """Whether the guard can be true."""
    return together((Asked(guard),), limits, cap)


def overlap(first: Guard, second: Guard, limits: Limits = NO_LIMITS, cap: int = CAP) -> Answer:
    """Whether both guards can be true at once."""
    return together((Asked(first), Asked(second)), limits, cap)


def difference(
    first: Guard, second: Guard, limits: Limits = NO_LIMITS, *, want: Want = Want.NOT_TRUE, cap: int = CAP
) -> Answer:
    """Whether the first guard can be true while the second is not; ask for FALSE or UNKNOWN to tell the two apart."""
    return together((Asked(first), Asked(second, want)), limits, cap)


def implies(first: Guard, second: Guard, limits: Limits = NO_LIMITS, cap: int = CAP) -> bool | None:
    """Whether the second guard is true whenever the first one is; None when that is not decided."""
    possible = is_possible((Asked(first), Asked(second, Want.NOT_TRUE)), limits, cap)
    return None if possible is None else not possible


def is_possible(asked: Iterable[Asked], limits: Limits = NO_LIMITS, cap: int = CAP) -> bool | None:
    """Whether some account gives every guard the answer wanted of it; None when that is not decided."""
    given = tuple(asked)
    guards = _in_utc(given)
    if all(each.want in (Want.TRUE, Want.NOT_TRUE) for each in guards):
        wanted = [each.guard for each in guards if each.want is Want.TRUE]
        if plainly_possible(wanted, [each.guard for each in guards if each.want is Want.NOT_TRUE], limits):
            return True
    possible = can_hold(_formulas(guards), limits, cap)
    return None if possible is False and is_local(each.guard for each in given) else possible
