"""
Questions that need no search: conditions on fields that have nothing to do with each other.

Most guards of a machine are such. A yes is exact; what is not plain is left to the search.
"""

from collections.abc import Iterable, Iterator

from lifecycle_fsm.domain.fields import CTAS, HEALTH_BAND, HEALTH_SCORE, STAGE_ENTERED_AT, FieldKind, change_parts
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.boxes.limits import Limit, Limits
from lifecycle_fsm.guards.boxes.settle import SINCE_ENTRY
from lifecycle_fsm.guards.model import All, AnyOf, Guard, Held, Known, Leaf, OneOf, Reading, Within

FAR_DAYS = 10_000
FAR_MS = FAR_DAYS * DAY_MS
"""Days and spans up to here are possible around the dates of examples, whatever else is asked."""


def plainly_possible(wanted: Iterable[Guard], refused: Iterable[Guard], limits: Limits) -> bool:
    """Whether all of `wanted` can be true and none of `refused`, each for reasons of its own."""
    seen: set[str] = set()
    for guard in wanted:
        for leaf in _sufficient(guard):
            if leaf is None or seen & _families(leaf) or not _can_hold(leaf, limits):
                return False
            seen |= _families(leaf)
    return all(_refuse(guard, seen, limits) for guard in refused)


def _sufficient(guard: Guard) -> Iterator[Leaf | None]:
    """Leaves that make the guard true together, the first alternatives; None for a part that they cannot."""
    match guard:
        case Leaf():
            yield guard
        case All(parts):
            for part in parts:
                yield from _sufficient(part)
        case AnyOf((first, *_)):
            yield from _sufficient(first)
        case _:
            yield None


def needed(guard: Guard) -> Iterator[Leaf]:
    """The leaves without which the guard is not true."""
    if isinstance(guard, Leaf):
        yield guard
    elif isinstance(guard, Held):
        yield guard.leaf
    elif isinstance(guard, All):
        for part in guard.parts:
            yield from needed(part)


def family(leaf: Leaf) -> str:
    """The same for fields that belong to each other."""
    key = leaf.subject.field.key
    if key == HEALTH_BAND.key:
        return HEALTH_SCORE.key
    parts = change_parts(key)
    if parts is not None:
        return parts[0]
    return CTAS if key.startswith(CTAS) else key.removesuffix(SINCE_ENTRY)


def _families(leaf: Leaf) -> set[str]:
    """Those that the leaf binds: how long ago something was since the stage was entered says when that was."""
    dated = leaf.subject.field.key.endswith(SINCE_ENTRY) and not isinstance(leaf.test, Known)
    return {family(leaf), STAGE_ENTERED_AT.key} if dated else {family(leaf)}


def _refuse(guard: Guard, seen: set[str], limits: Limits) -> bool:
    """Find a leaf on a family of its own that fails for want of a value, and take the family."""
    for leaf in needed(guard):
        if family(leaf) not in seen and _can_lack(leaf, limits):
            seen.add(family(leaf))
            return True
    return False


def _can_lack(leaf: Leaf, limits: Limits) -> bool:
    """Whether an account without a value, or without CTAs, fails the leaf."""
    test = leaf.test
    if isinstance(test, Known):
        return test.expected and not _limit(leaf, limits).always_known
    if leaf.subject.field.key.startswith(CTAS):
        return isinstance(test, Within) and test.low is not None and test.low >= 1
    return not _limit(leaf, limits).always_known


def _limit(leaf: Leaf, limits: Limits) -> Limit:
    field = HEALTH_SCORE if leaf.subject.field == HEALTH_BAND else leaf.subject.field
    return limits.of(field.key, field.kind)


def _can_hold(leaf: Leaf, limits: Limits) -> bool:
    limit, test = _limit(leaf, limits), leaf.test
    if limit.low > limit.high or change_parts(leaf.subject.field.key) is not None:
        return False
    match test:
        case Known():
            return test.expected or not limit.always_known
        case OneOf():
            return _can_be_listed(leaf, test, limit)
        case Within() if leaf.subject.reading is Reading.VALUE:
            return leaf.subject.field.kind in (FieldKind.NUMBER, FieldKind.INTEGER) and _crosses(test, limit)
        case Within():
            far = FAR_MS if leaf.subject.reading is Reading.ELAPSED else FAR_DAYS
            return _crosses(test, Limit(0 if limit.past else -far, far))


def _crosses(test: Within, limit: Limit) -> bool:
    """Whether interval and limit share a stretch of at least one, in which there is a whole number too."""
    low = limit.low if test.low is None else max(test.low, limit.low)
    high = limit.high if test.high is None else min(test.high, limit.high)
    return high - low > 1


def _can_be_listed(leaf: Leaf, test: OneOf, limit: Limit) -> bool:
    kind = leaf.subject.field.kind
    if kind not in (FieldKind.TEXT, FieldKind.FLAG) or leaf.subject.field == HEALTH_BAND:
        return False
    listed = {value for value in test.values if isinstance(value, str) is (kind is FieldKind.TEXT)}
    held = frozenset((0, 1)) if kind is FieldKind.FLAG else limit.texts
    if held is None:
        return test.negated or bool(listed)
    return bool(held - listed if test.negated else held & listed)
