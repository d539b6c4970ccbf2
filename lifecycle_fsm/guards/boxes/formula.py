"""A guard and the answer wanted of it, as literals of which enough must hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from lifecycle_fsm.guards.boxes.literals import Slot, Want, slot_of, values_for
from lifecycle_fsm.guards.boxes.spans import Values
from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Leaf, Not


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A leaf at its path, and where its value must lie; each one stands for itself."""

    path: str
    leaf: Leaf
    slot: Slot
    values: Values


@dataclass(frozen=True, slots=True, eq=False)
class Enough:
    """At least `count` of the parts hold."""

    count: int
    parts: tuple["Formula", ...]


Formula = Literal | Enough


def formula_of(guard: Guard, want: Want, path: str = "") -> Formula:
    """Push what is wanted down to the leaves; paths go on as those of positions do."""
    match guard:
        case Leaf():
            return Literal(path, guard, slot_of(guard.subject), values_for(guard, want))
        case Not():
            return formula_of(guard.part, want.opposite, _below(path, "not"))
        case _ if want is Want.UNKNOWN:
            return Enough(2, (formula_of(guard, Want.NOT_TRUE, path), formula_of(guard, Want.NOT_FALSE, path)))
        case Held():
            return _enough(2, 2, want, (formula_of(part, want, path) for part in (guard.leaf, guard.age)))
        case All() | AnyOf() | AtLeastOf():
            word, needed = _join(guard)
            parts = (formula_of(part, want, _below(path, f"{word}.{i}")) for i, part in enumerate(guard.parts))
            return _enough(needed, len(guard.parts), want, parts)


def _join(guard: All | AnyOf | AtLeastOf) -> tuple[str, int]:
    match guard:
        case All():
            return "all", len(guard.parts)
        case AnyOf():
            return "any", 1
        case AtLeastOf():
            return "at_least_of", guard.count


def _enough(needed: int, total: int, want: Want, parts: Iterator[Formula]) -> Enough:
    """A join fails once so many parts do that the others are too few."""
    return Enough(needed if want.is_positive else total - needed + 1, tuple(parts))


def _below(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step


def literals_of(formula: Formula) -> Iterator[Literal]:
    """Every literal, in the order of the text."""
    match formula:
        case Literal():
            yield formula
        case Enough():
            for part in formula.parts:
                yield from literals_of(part)
