"""How far a value is from what a leaf asks for."""

from decimal import Decimal

from lifecycle_fsm.domain.fields import FieldKind, Value
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.model import Leaf, Reading, Subject, Within


def distance(leaf: Leaf, value: Value) -> float | None:
    """
    Measure what is missing, in the unit that `unit_of` names.

    0 when the value lies within the bounds or exactly on an open bound of a number; a
    whole number must get past an open bound. None for a text, a flag, a missing value.
    """
    if not isinstance(leaf.test, Within) or value is None or isinstance(value, str):
        return None
    missing = max(_below(leaf, leaf.test, value), _above(leaf, leaf.test, value))
    return float(missing / DAY_MS if is_timed(leaf.subject) else missing)


def unit_of(subject: Subject) -> str | None:
    """The unit of a distance: days wherever time is compared, else that of the subject."""
    is_day = subject.reading is not Reading.VALUE or subject.field.kind is FieldKind.DAY
    return "d" if is_day or is_timed(subject) else subject.unit


def is_timed(subject: Subject) -> bool:
    """Whether the leaf compares milliseconds."""
    return subject.field.kind is FieldKind.INSTANT and subject.reading in (Reading.VALUE, Reading.ELAPSED)


def _below(leaf: Leaf, test: Within, value: float | int) -> Decimal:
    if test.low is None or value > test.low:
        return Decimal(0)
    return _exact(test.low) - _exact(value) + _step(leaf, is_open=test.low_open)


def _above(leaf: Leaf, test: Within, value: float | int) -> Decimal:
    if test.high is None or value < test.high:
        return Decimal(0)
    return _exact(value) - _exact(test.high) + _step(leaf, is_open=test.high_open)


def _step(leaf: Leaf, *, is_open: bool) -> int:
    counted = leaf.subject.field.kind is not FieldKind.NUMBER and not is_timed(leaf.subject)
    return 1 if is_open and counted else 0


def _exact(value: float | int) -> Decimal:
    """The number as it is written, so that 60 - 55.1 is 4.9."""
    return Decimal(str(value))
