"""What a leaf finds in a row: the value it tests, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass

from lifecycle_fsm.domain.fields import ZONE_SHIFT, Field, FieldKind, Value, observed_field
from lifecycle_fsm.domain.moments import day_of
from lifecycle_fsm.guards.model import Known, Leaf, OneOf, Reading, Subject, Test, Truth, Within
from lifecycle_fsm.guards.verdict import Gap

Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Observation:
    """
    Hold what a row says about a subject at the evaluation date.

    `last` is the value as last observed, in the reading's unit; it counts only when
    there is no `gap`.
    """

    last: Value
    gap: Gap | None
    observed_at_ms: int | None

    @property
    def value(self) -> Value:
        """The value that counts; None when it is missing or stale."""
        return self.last if self.gap is None else None


def observe(subject: Subject, row: Row, as_of_ms: int) -> Observation:
    """Read a subject from a row; a field that the row does not have is missing."""
    stored = row.get(subject.field.key)
    observed_at = _observed_at(subject, row)
    if stored is None:
        return Observation(None, Gap.MISSING, observed_at)
    gap = Gap.STALE if is_stale(subject, observed_at, as_of_ms) else None
    return Observation(_read(subject, stored, row, as_of_ms), gap, observed_at)


def today(subject: Subject, row: Row, as_of_ms: int) -> int:
    """The day of the evaluation date, in the account's time zone where the subject counts in that."""
    return day_of(as_of_ms + shift_of(subject, row))


def shift_of(subject: Subject, row: Row) -> int:
    """How far the clocks that the subject goes by are ahead of UTC, in milliseconds."""
    shift = None if subject.local is None else row.get(ZONE_SHIFT.key)
    return shift if isinstance(shift, int) else 0


def is_stale(subject: Subject, observed_at_ms: int | None, as_of_ms: int) -> bool:
    """Whether the observation is too old to count; what was never dated is fresh."""
    if subject.freshness is None or observed_at_ms is None:
        return False
    return as_of_ms - observed_at_ms >= subject.freshness.stale_after_ms


def judge_observation(leaf: Leaf, observation: Observation) -> Truth:
    """The truth of a leaf, given what it found."""
    value = observation.value
    if isinstance(leaf.test, Known):
        return (value is not None) is leaf.test.expected
    if value is None:
        return False if leaf.absent_is_false else None
    return _passes(leaf.test, value)


def _passes(test: Test, value: float | int | str) -> bool:
    match test:
        case Within():
            assert not isinstance(value, str)
            return _is_within(test, value)
        case OneOf():
            return (value in test.values) is not test.negated
        case Known():
            return test.expected


def _is_within(test: Within, number: float | int) -> bool:
    if test.low is not None and (number <= test.low if test.low_open else number < test.low):
        return False
    return test.high is None or (number < test.high if test.high_open else number <= test.high)


def _read(subject: Subject, stored: float | int | str, row: Row, as_of_ms: int) -> float | int | str:
    if subject.reading is Reading.VALUE:
        return stored
    assert isinstance(stored, int)
    match subject.reading:
        case Reading.ELAPSED:
            return as_of_ms - stored
        case Reading.DAYS_UNTIL:
            return _day(subject.field, stored) - today(subject, row, as_of_ms)
        case Reading.DAYS_SINCE:
            return today(subject, row, as_of_ms) - _day(subject.field, stored)


def _day(field: Field, stored: int) -> int:
    return stored if field.kind is FieldKind.DAY else day_of(stored)


def _observed_at(subject: Subject, row: Row) -> int | None:
    base = subject.field if subject.local is None else subject.local.base
    field = subject.freshness.observed if subject.freshness else observed_field(base)
    observed_at = row.get(field.key)
    assert observed_at is None or isinstance(observed_at, int)
    return observed_at
