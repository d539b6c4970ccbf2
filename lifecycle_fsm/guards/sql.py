"""Guards as SQL expressions with the same three values; unknown is NULL."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Grouping,
    String,
    and_,
    case,
    false,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    true,
)

from lifecycle_fsm.domain.fields import ZONE_SHIFT, Field, FieldKind
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Known, Leaf, Not, OneOf, Subject, Within
from lifecycle_fsm.guards.stored import Origin, origin_of, over_stored, points_over_stored

Column = Callable[[Field], ColumnElement[Any]]
"""Gives the expression that holds a field: a double, a 64-bit integer or a text, as the field's kind says."""

Instant = ColumnElement[int] | int

_TYPES = {FieldKind.NUMBER: Double(), FieldKind.TEXT: String()}


def condition(guard: Guard, column: Column, as_of_ms: Instant) -> ColumnElement[bool]:
    """
    Say the guard in SQL: true, false, or NULL for unknown; the same on SQLite and PostgreSQL.

    `as_of_ms` is a number or an expression of 64 bits, such as a bound parameter.
    """
    return _Translator(column, _origins(as_of_ms)).translate(guard)


def _origins(as_of_ms: Instant) -> dict[Origin, Instant]:
    """The one place where this form asks what day it is; SQL rounds a quotient up when it is negative."""
    if isinstance(as_of_ms, int):
        midnight: Instant = as_of_ms - as_of_ms % DAY_MS
    else:
        day_ms = _integer(DAY_MS)
        midnight = as_of_ms - (as_of_ms % day_ms + day_ms) % day_ms
    return {Origin.AS_OF: as_of_ms, Origin.MIDNIGHT: midnight, Origin.TODAY: midnight // DAY_MS}


@dataclass(frozen=True, slots=True)
class _Translator:
    """Translates one guard for one set of columns and one evaluation date."""

    column: Column
    origins: dict[Origin, Instant]

    def translate(self, guard: Guard) -> ColumnElement[bool]:
        match guard:
            case Leaf():
                return self._leaf(guard)
            case Not():
                # SQLAlchemy sets no brackets around NOT CASE, and PostgreSQL reads NOT x IS NULL as NOT (x IS NULL).
                return Grouping(not_(self.translate(guard.part)))
            case All():
                return and_(true(), *self._each(guard.parts))
            case AnyOf():
                return or_(false(), *self._each(guard.parts))
            case AtLeastOf():
                return _at_least(guard.count, self._each(guard.parts))
            case Held():
                return and_(*self._each((guard.leaf, guard.age)))

    def _each(self, parts: Iterable[Guard]) -> list[ColumnElement[bool]]:
        return [self.translate(part) for part in parts]

    def _leaf(self, leaf: Leaf) -> ColumnElement[bool]:
        value = self._value(leaf.subject)
        if isinstance(leaf.test, Known):
            return value.is_not(None) if leaf.test.expected else value.is_(None)
        passes = self._passes(leaf.subject, leaf.test, value)
        return and_(value.is_not(None), passes) if leaf.absent_is_false else passes

    def _value(self, subject: Subject) -> ColumnElement[Any]:
        stored = self.column(subject.field)
        if subject.freshness is None:
            return stored
        fresh_after = self._moved(Origin.AS_OF, -subject.freshness.stale_after_ms)
        return case((self.column(subject.freshness.observed) <= fresh_after, null()), else_=stored)

    def _passes(self, subject: Subject, test: Within | OneOf, value: ColumnElement[Any]) -> ColumnElement[bool]:
        match test:
            case Within():
                return self._within(subject, over_stored(subject, test), value)
            case OneOf() if origin_of(subject) is Origin.ZERO:
                listed = _in(value, _of_kind(subject.field.kind, test.values))
            case OneOf():
                points = [self._within(subject, point, value) for point in points_over_stored(subject, test)]
                listed = or_(*points) if points else _known_and(value, answer=False)
        return Grouping(not_(listed)) if test.negated else listed

    def _within(self, subject: Subject, bounds: Within, value: ColumnElement[Any]) -> ColumnElement[bool]:
        limits = []
        if bounds.low is not None:
            low = self._bound(subject, bounds.low)
            limits.append(value > low if bounds.low_open else value >= low)
        if bounds.high is not None:
            high = self._bound(subject, bounds.high)
            limits.append(value < high if bounds.high_open else value <= high)
        return and_(*limits) if limits else _known_and(value, answer=True)

    def _bound(self, subject: Subject, offset: float | int) -> ColumnElement[Any]:
        if subject.field.kind is FieldKind.NUMBER:
            return literal(float(offset), Double())
        if subject.local is not None:
            return self._local_today() + _integer(int(offset))
        return self._moved(origin_of(subject), int(offset))

    def _local_today(self) -> ColumnElement[Any]:
        """The day of the evaluation date where the account is."""
        shift: ColumnElement[int] = func.coalesce(self.column(ZONE_SHIFT), _integer(0))
        today = _origins(self._moved(Origin.AS_OF, 0) + shift)[Origin.TODAY]
        assert isinstance(today, ColumnElement)
        return today

    def _moved(self, origin: Origin, offset: int) -> ColumnElement[Any]:
        start = self.origins.get(origin, 0)
        return literal(start + offset, BigInteger()) if isinstance(start, int) else start + _integer(offset)


def _in(value: ColumnElement[Any], values: list[ColumnElement[Any]]) -> ColumnElement[bool]:
    """Whether the value is listed; an empty list must not make SQL call a NULL known."""
    return value.in_(values) if values else _known_and(value, answer=False)


def _of_kind(kind: FieldKind, values: Iterable[str | int]) -> list[ColumnElement[Any]]:
    """The values that a field of the kind can equal; SQLite would find the text 1 equal to the number 1."""
    fitting = [value for value in values if isinstance(value, str) is (kind is FieldKind.TEXT)]
    return [literal(value, _TYPES.get(kind, BigInteger())) for value in fitting]


def _known_and(value: ColumnElement[Any], *, answer: bool) -> ColumnElement[bool]:
    return case((value.is_not(None), true() if answer else false()))


def _at_least(count: int, parts: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """
    Count in one sum, so that nesting does not double the text: a true part weighs more than all unknown ones.

    The sums that settle the answer are listed; any other one is unknown.
    """
    if count <= 0 or count > len(parts):
        return true() if count <= 0 else false()
    weight = len(parts) + 1
    weights = [case({true(): _number(weight), false(): _number(0)}, value=part, else_=_number(1)) for part in parts]
    settled = {
        _number(reached * weight + unknown): true() if reached >= count else false()
        for reached in range(len(parts) + 1)
        for unknown in range(len(parts) + 1 - reached)
        if reached >= count or reached + unknown < count
    }
    return case(settled, value=reduce(add, weights))


def _number(small: int) -> ColumnElement[int]:
    return literal_column(str(small), BigInteger())


def _integer(value: int) -> ColumnElement[int]:
    return literal(value, BigInteger())
