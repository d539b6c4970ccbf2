"""Logic with three values, after Kleene: unknown only where the known parts do not settle the answer."""

from collections.abc import Sequence

from lifecycle_fsm.guards.model import Truth


def negation(truth: Truth) -> Truth:
    """The opposite; unknown stays unknown."""
    return None if truth is None else not truth


def conjunction(truths: Sequence[Truth]) -> Truth:
    """False when one is false, else unknown when one is unknown, else true; none at all is true."""
    if False in truths:
        return False
    return None if None in truths else True


def disjunction(truths: Sequence[Truth]) -> Truth:
    """True when one is true, else unknown when one is unknown, else false; none at all is false."""
    if True in truths:
        return True
    return None if None in truths else False


def at_least(count: int, truths: Sequence[Truth]) -> Truth:
    """True when so many are true; false when the unknown ones could not make up for those that lack."""
    reached = truths.count(True)
    if reached >= count:
        return True
    return False if reached + truths.count(None) < count else None
