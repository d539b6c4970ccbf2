"""Guards with their leaves replaced."""

from collections.abc import Callable

from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Leaf, Not


def mapped(guard: Guard, change: Callable[[Leaf], Leaf]) -> Guard:
    """The same tree over other leaves; those with `for` stay timed."""
    match guard:
        case Leaf():
            return change(guard)
        case Held():
            return Held(change(guard.leaf), guard.for_ms)
        case Not():
            return Not(mapped(guard.part, change))
        case All():
            return All(tuple(mapped(part, change) for part in guard.parts))
        case AnyOf():
            return AnyOf(tuple(mapped(part, change) for part in guard.parts))
        case AtLeastOf():
            return AtLeastOf(guard.count, tuple(mapped(part, change) for part in guard.parts))
