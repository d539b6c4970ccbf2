"""
Leaves as comparisons of what is stored, so that no form has to divide or subtract a column.

Every number that is tested is the stored value less an origin, perhaps with its sign
turned, perhaps rounded down to a day. The bounds are moved instead: a test holds exactly
when `low <= stored - origin <= high`.
"""

from enum import StrEnum
from math import ceil, floor

from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.model import OneOf, Reading, Subject, Within

_FARTHEST = 2**60
"""No stored integer lies beyond it, and a bound moved to it still fits 64 bits with any origin."""


class Origin(StrEnum):
    """What a stored value is measured from."""

    ZERO = "zero"
    """Nothing: the value itself is tested."""
    AS_OF = "as_of"
    """The evaluation date in milliseconds."""
    TODAY = "today"
    """The day of the evaluation date in days."""
    MIDNIGHT = "midnight"
    """The beginning of that day in milliseconds."""


def origin_of(subject: Subject) -> Origin:
    """What the stored value of the subject is measured from."""
    match subject.reading:
        case Reading.VALUE:
            return Origin.ZERO
        case Reading.ELAPSED:
            return Origin.AS_OF
        case Reading.DAYS_UNTIL | Reading.DAYS_SINCE:
            return Origin.TODAY if subject.field.kind is FieldKind.DAY else Origin.MIDNIGHT


def over_stored(subject: Subject, test: Within) -> Within:
    """Move the bounds from the number tested to `stored - origin`; whole numbers get closed bounds."""
    if subject.field.kind is FieldKind.NUMBER:
        return test
    low, high = _lowest(test), _highest(test)
    if subject.reading in (Reading.ELAPSED, Reading.DAYS_SINCE):
        low, high = _negative(high), _negative(low)
    if origin_of(subject) is Origin.MIDNIGHT:
        low, high = _first_ms(low), _last_ms(high)
    return Within(_near(low), _near(high))


def points_over_stored(subject: Subject, test: OneOf) -> tuple[Within, ...]:
    """The intervals over `stored - origin` of which one must, or, negated, none may hold."""
    return tuple(over_stored(subject, Within(value, value)) for value in test.values if isinstance(value, int))


def _lowest(test: Within) -> int | None:
    if test.low is None:
        return None
    return floor(test.low) + 1 if test.low_open else ceil(test.low)


def _highest(test: Within) -> int | None:
    if test.high is None:
        return None
    return ceil(test.high) - 1 if test.high_open else floor(test.high)


def _negative(bound: int | None) -> int | None:
    return None if bound is None else -bound


def _first_ms(day: int | None) -> int | None:
    return None if day is None else day * DAY_MS


def _last_ms(day: int | None) -> int | None:
    return None if day is None else (day + 1) * DAY_MS - 1


def _near(bound: int | None) -> int | None:
    return None if bound is None else max(-_FARTHEST, min(_FARTHEST, bound))
