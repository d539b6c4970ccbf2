"""Sets of values of one quantity, closed under intersection and complement."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, nextafter
from typing import NamedTuple

from lifecycle_fsm.domain.fields import FieldKind

Bound = float | int
"""A number, or an infinity for no bound."""


class Span(NamedTuple):
    """Every number from `low` to `high`, both included."""

    low: Bound
    high: Bound


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers in disjoint spans, lowest first; with `absent`, also that there is no value."""

    spans: tuple[Span, ...]
    absent: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left, not even the lack of a value."""
        return not self.spans and not self.absent


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts listed, or, with `others`, all but those; with `absent`, also that there is no value."""

    listed: frozenset[str]
    others: bool = False
    absent: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left, not even the lack of a value."""
        return not self.listed and not self.others and not self.absent


Values = Numbers | Texts

EVERYTHING = (Span(-inf, inf),)


def above(number: Bound, kind: FieldKind) -> Bound:
    """The next value that a field of the kind can hold."""
    return nextafter(number, inf) if kind is FieldKind.NUMBER else number + 1


def below(number: Bound, kind: FieldKind) -> Bound:
    """The value before it that a field of the kind can hold."""
    return nextafter(number, -inf) if kind is FieldKind.NUMBER else number - 1


def meet(first: Values, second: Values) -> Values:
    """The values in both sets, which are of one quantity."""
    absent = first.absent and second.absent
    if isinstance(first, Numbers):
        assert isinstance(second, Numbers)
        return Numbers(meet_spans(first.spans, second.spans), absent)
    assert isinstance(second, Texts)
    return Texts(*_meet_texts(first, second), absent)


def meet_spans(first: tuple[Span, ...], second: tuple[Span, ...]) -> tuple[Span, ...]:
    """The numbers in both."""
    pairs = ((max(a.low, b.low), min(a.high, b.high)) for a in first for b in second)
    return tuple(Span(low, high) for low, high in pairs if low <= high)


def _meet_texts(first: Texts, second: Texts) -> tuple[frozenset[str], bool]:
    if first.others and second.others:
        return first.listed | second.listed, True
    if first.others:
        return second.listed - first.listed, False
    if second.others:
        return first.listed - second.listed, False
    return first.listed & second.listed, False


def complement(spans: tuple[Span, ...], kind: FieldKind) -> tuple[Span, ...]:
    """The numbers in none of the spans."""
    gaps, low = [], -inf
    for span in spans:
        if low < span.low:
            gaps.append(Span(low, below(span.low, kind)))
        low = above(span.high, kind)
    return (*gaps, Span(low, inf)) if low < inf else tuple(gaps)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The numbers in any of the spans, disjoint and lowest first."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.low <= joined[-1].high:
            joined[-1] = Span(joined[-1].low, max(joined[-1].high, span.high))
        else:
            joined.append(span)
    return tuple(joined)
