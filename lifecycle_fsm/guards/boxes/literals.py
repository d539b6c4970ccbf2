"""A leaf and the answer wanted of it, as a set of values of one quantity."""

from enum import StrEnum
from math import inf
from typing import NamedTuple

from lifecycle_fsm.domain.fields import HEALTH_BAND, HEALTH_SCORE, FieldKind
from lifecycle_fsm.domain.scorecard import HEALTHY_FROM, NEUTRAL_FROM, Band
from lifecycle_fsm.guards.boxes.spans import (
    EVERYTHING,
    Bound,
    Numbers,
    Span,
    Texts,
    Values,
    above,
    below,
    complement,
    union,
)
from lifecycle_fsm.guards.model import Known, Leaf, OneOf, Subject, Within
from lifecycle_fsm.guards.stored import Origin, origin_of, over_stored, points_over_stored


class Want(StrEnum):
    """What is asked of a guard's answer."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    NOT_TRUE = "not true"
    NOT_FALSE = "not false"

    @property
    def opposite(self) -> "Want":
        """What is then asked of the part of a `not`."""
        return _OPPOSITES[self]

    @property
    def is_positive(self) -> bool:
        """Whether more true parts make it easier."""
        return self in (Want.TRUE, Want.NOT_FALSE)


_OPPOSITES = {
    Want.TRUE: Want.FALSE,
    Want.FALSE: Want.TRUE,
    Want.UNKNOWN: Want.UNKNOWN,
    Want.NOT_TRUE: Want.NOT_FALSE,
    Want.NOT_FALSE: Want.NOT_TRUE,
}


class Slot(NamedTuple):
    """
    One reading of one field: the stored value less an origin, while it is not stale.

    `observed` is the key of the instant that decides about staleness, None where the
    value never ages.
    """

    key: str
    kind: FieldKind
    origin: Origin
    stale_after_ms: int | None
    observed: str | None


_BANDS = {
    Band.HEALTHY: Span(HEALTHY_FROM, inf),
    Band.NEUTRAL: Span(NEUTRAL_FROM, below(HEALTHY_FROM, FieldKind.NUMBER)),
    Band.AT_RISK: Span(-inf, below(NEUTRAL_FROM, FieldKind.NUMBER)),
}


def slot_of(subject: Subject) -> Slot:
    """Where the subject's value is; the band of health is read off its score."""
    field = HEALTH_SCORE if subject.field == HEALTH_BAND else subject.field
    fresh = subject.freshness
    if fresh is None:
        return Slot(field.key, field.kind, origin_of(subject), None, None)
    return Slot(field.key, field.kind, origin_of(subject), fresh.stale_after_ms, fresh.observed.key)


def values_for(leaf: Leaf, want: Want) -> Values:
    """The values at which the leaf answers as wanted."""
    subject, test = leaf.subject, leaf.test
    if isinstance(test, Known):
        return _presence(subject, want, present=test.expected is want.is_positive)
    absent = _fits_absence(want, absent_is_false=leaf.absent_is_false)
    if want is Want.UNKNOWN:
        return _nothing(subject, absent=absent)
    if _is_text(subject):
        return _texts(test, passes=want.is_positive, absent=absent)
    return _numbers(subject, test, passes=want.is_positive, absent=absent)


def _fits_absence(want: Want, *, absent_is_false: bool) -> bool:
    """Whether the answer without a value, which is false or unknown, is one that is wanted."""
    match want:
        case Want.TRUE:
            return False
        case Want.NOT_TRUE:
            return True
        case Want.FALSE:
            return absent_is_false
        case Want.UNKNOWN | Want.NOT_FALSE:
            return not absent_is_false


def _is_text(subject: Subject) -> bool:
    return subject.field.kind is FieldKind.TEXT and subject.field != HEALTH_BAND


def _presence(subject: Subject, want: Want, *, present: bool) -> Values:
    if want is Want.UNKNOWN or not present:
        return _nothing(subject, absent=want is not Want.UNKNOWN)
    return Texts(frozenset(), others=True) if _is_text(subject) else Numbers(EVERYTHING)


def _nothing(subject: Subject, *, absent: bool) -> Values:
    return Texts(frozenset(), absent=absent) if _is_text(subject) else Numbers((), absent)


def _texts(test: Within | OneOf, *, passes: bool, absent: bool) -> Texts:
    assert isinstance(test, OneOf)
    listed = frozenset(value for value in test.values if isinstance(value, str))
    return Texts(listed, others=test.negated is passes, absent=absent)


def _numbers(subject: Subject, test: Within | OneOf, *, passes: bool, absent: bool) -> Numbers:
    kind = FieldKind.NUMBER if subject.field == HEALTH_BAND else subject.field.kind
    spans = _within(subject, test) if isinstance(test, Within) else _listed(subject, test)
    turned = isinstance(test, OneOf) and test.negated
    return Numbers(spans if passes is not turned else complement(spans, kind), absent)


def _within(subject: Subject, test: Within) -> tuple[Span, ...]:
    bounds = over_stored(subject, test)
    low: Bound = -inf if bounds.low is None else bounds.low
    high: Bound = inf if bounds.high is None else bounds.high
    if subject.field.kind is FieldKind.NUMBER:
        low, high = _first_double(low, is_open=bounds.low_open), -_first_double(-high, is_open=bounds.high_open)
    return (Span(low, high),) if low <= high else ()


def _first_double(bound: Bound, *, is_open: bool) -> float:
    """The lowest double that is at least, or when open above, the bound."""
    number = float(bound)
    return above(number, FieldKind.NUMBER) if number < bound or (is_open and number == bound) else number


def _listed(subject: Subject, test: OneOf) -> tuple[Span, ...]:
    if subject.field == HEALTH_BAND:
        return union(_BANDS[Band(value)] for value in test.values if value in tuple(Band))
    points = points_over_stored(subject, test)
    spans = (Span(point.low, point.high) for point in points if point.low is not None and point.high is not None)
    return union(span for span in spans if subject.field.kind is not FieldKind.NUMBER or float(span.low) == span.low)
