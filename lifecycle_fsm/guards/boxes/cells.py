"""What one field may be in a box: present with one span for each of its readings, stale, or absent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import groupby, product
from math import inf

from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.guards.boxes.clock import Window
from lifecycle_fsm.guards.boxes.limits import Limit, Limits
from lifecycle_fsm.guards.boxes.literals import Slot
from lifecycle_fsm.guards.boxes.spans import EVERYTHING, Bound, Numbers, Span, Texts, Values, meet
from lifecycle_fsm.guards.stored import Origin

Box = Mapping[Slot, Values]
"""A set of values for each reading that a guard constrains; all must hold."""

Slots = tuple[tuple[Slot, Values], ...]

TIMED = (FieldKind.INSTANT, FieldKind.DAY)


@dataclass(frozen=True, slots=True)
class Age:
    """How old the observation under a key must be, in milliseconds; `below` is excluded."""

    observed: str
    at_least: Bound
    below: Bound


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One way for a field to fit its box.

    `known` says whether it is stored, stale or not. Each reading of a number or an
    instant has one span; a text has its texts.
    """

    key: str
    kind: FieldKind
    known: bool
    spans: tuple[tuple[Origin, Span], ...] = ()
    texts: Texts | None = None
    age: Age | None = None

    @property
    def span(self) -> Span:
        """The span of a number, which has one reading."""
        return self.spans[0][1] if self.spans else EVERYTHING[0]

    def window(self, limit: Limit) -> Window:
        """Where an instant or a day lies."""
        window = Window().narrowed(Origin.ZERO, Span(limit.low, limit.high), self.kind)
        if limit.past:
            window = window.narrowed(Origin.AS_OF, Span(-inf, 0), FieldKind.INSTANT)
        for origin, span in self.spans:
            window = window.narrowed(origin, span, self.kind)
        return window


def by_field(box: Box) -> Iterator[Slots]:
    """The slots of each field, fields sorted by key."""
    ordered = sorted(box.items(), key=lambda item: item[0].key)
    for _, slots in groupby(ordered, lambda item: item[0].key):
        yield tuple(slots)


def cells_of(slots: Slots, limits: Limits) -> Iterator[Cell]:
    """Every way for one field to fit: with a value that is fresh, without any, and with one that is stale for some."""
    slot = slots[0][0]
    youngest, *older = _ages(slots)
    yield from _stored(slots, *youngest, limits)
    if not limits.of(slot.key, slot.kind).always_known and all(values.absent for _, values in slots):
        yield Cell(slot.key, slot.kind, known=False)
    for age in older:
        yield from _stored(slots, *age, limits)


def _ages(slots: Slots) -> Iterator[tuple[Bound, Bound]]:
    """The ages of an observation between which nothing becomes stale, youngest first."""
    ends = sorted({_end(slot) for slot, _ in slots} | {inf})
    yield from zip([-inf, *ends], ends, strict=False)


def _end(slot: Slot) -> Bound:
    return inf if slot.stale_after_ms is None else slot.stale_after_ms


def _stored(slots: Slots, at_least: Bound, below: Bound, limits: Limits) -> Iterator[Cell]:
    """The ways for a stored value whose observation has an age between these."""
    fresh = tuple(item for item in slots if _end(item[0]) >= below)
    if not all(values.absent for slot, values in slots if _end(slot) < below):
        return
    slot = slots[0][0]
    observed = next((each.observed for each, _ in slots if each.observed is not None), None)
    age = None if observed is None or (at_least, below) == (-inf, inf) else Age(observed, at_least, below)
    if slot.kind is FieldKind.TEXT:
        texts = _met(fresh, limits.values(slot.key, slot.kind))
        assert isinstance(texts, Texts)
        if texts.listed or texts.others:
            yield Cell(slot.key, slot.kind, known=True, texts=texts, age=age)
        return
    for spans in product(*_spans(fresh, limits)):
        yield Cell(slot.key, slot.kind, known=True, spans=spans, age=age)


def _met(slots: Slots, start: Values) -> Values:
    return reduce(meet, (values for _, values in slots), start)


def _spans(slots: Slots, limits: Limits) -> Iterator[list[tuple[Origin, Span]]]:
    """For each reading its spans; numbers are kept within their limit here, instants by their window."""
    by_origin = sorted(slots, key=lambda item: item[0].origin)
    for origin, items in groupby(by_origin, lambda item: item[0].origin):
        group = tuple(items)
        slot = group[0][0]
        start = Numbers(EVERYTHING) if slot.kind in TIMED else limits.values(slot.key, slot.kind)
        numbers = _met(group, start)
        assert isinstance(numbers, Numbers)
        yield [(origin, span) for span in numbers.spans]
