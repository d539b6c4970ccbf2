"""Conditions in a few words, for the labels of drawings."""

from collections.abc import Iterable

from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Leaf, Not
from lifecycle_fsm.guards.phrases import duration, requirement

SHOWN = 3
"""So many conditions of an `all` are written out in a label; the others are counted."""


def summary(guard: Guard) -> str:
    """The whole condition: `health score at least 60 and (Kickoff reached or not usage below 5)`; empty for none."""
    match guard:
        case Leaf():
            return f"{guard.subject.title} {requirement(guard)}"
        case Held():
            return f"{summary(guard.leaf)} for {duration(guard.for_ms)}"
        case Not():
            return f"not {_part(guard.part)}"
        case All():
            return " and ".join(_part(part) for part in guard.parts)
        case AnyOf():
            return " or ".join(_part(part) for part in guard.parts) or "never"
        case AtLeastOf():
            return f"at least {guard.count} of: {_listed(guard.parts)}"


def brief(guard: Guard) -> str:
    """The condition as a label shows it: of a long `all` the first parts, and how many more there are."""
    if not isinstance(guard, All) or len(guard.parts) <= SHOWN:
        return summary(guard)
    return f"{summary(All(guard.parts[:SHOWN]))} and {len(guard.parts) - SHOWN} more"


def _part(guard: Guard) -> str:
    text = summary(guard)
    return f"({text})" if isinstance(guard, All | AnyOf | AtLeastOf) else text


def _listed(guards: Iterable[Guard]) -> str:
    return ", ".join(_part(guard) for guard in guards)
