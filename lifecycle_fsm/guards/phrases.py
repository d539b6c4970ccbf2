"""Values and requirements as people write them."""

import re
from collections.abc import Collection
from decimal import Decimal

from lifecycle_fsm.domain.catalog import YES_OR_NO
from lifecycle_fsm.domain.fields import FieldKind, change_parts
from lifecycle_fsm.domain.moments import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, from_day, from_ms
from lifecycle_fsm.guards.model import Known, Leaf, OneOf, Reading, Subject, SubjectKind, Within

_SPANS = (("d", DAY_MS), ("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS))

_PLURAL = re.compile(r"(?<=[A-Za-z]{2}[^suiaWS])s$")
"""The ending of `logins`, `sessions` and `CTAs`, not that of `status`, `loss`, `ms` or `bias`."""

_REQUIRED = {
    "at_least": "at least {}",
    "above": "above {}",
    "at_most": "at most {}",
    "below": "below {}",
    "is": "{}",
    "is_not": "not {}",
    "in": "one of {}",
    "not_in": "none of {}",
    "reached": "reached",
    "not_reached": "not reached",
    "is_known": "known",
    "is_unknown": "not known",
}


def operator_of(leaf: Leaf) -> str:
    """The word for the leaf's test, such as `at_least`, `in` or `not_reached`."""
    match leaf.test:
        case Within():
            return _operator_of_interval(leaf.test)
        case OneOf(values, negated):
            several = len(values) != 1
            return ("not_in" if several else "is_not") if negated else ("in" if several else "is")
        case Known(expected) if leaf.subject.kind is SubjectKind.MILESTONE:
            return "reached" if expected else "not_reached"
        case Known(expected):
            return "is_known" if expected else "is_unknown"


def requirement(leaf: Leaf) -> str:
    """What the leaf asks for: `at least 60`, `one of gold, silver`, `between 5 d and 10 d`, of a flag `yes`."""
    match leaf.test:
        case Within() if is_yes_or_no(leaf.subject) and (answers := _answers(leaf.test)):
            return " or ".join(answers)
        case Within() if operator_of(leaf) == "between":
            return _between(leaf.subject, leaf.test)
        case Within(low, high):
            bound = high if low is None else low
            return "any value" if bound is None else _REQUIRED[operator_of(leaf)].format(amount(leaf.subject, bound))
        case OneOf(values):
            listed = ", ".join(amount(leaf.subject, value) for value in values)
            return _REQUIRED[operator_of(leaf)].format(listed or "nothing")
        case Known():
            return _REQUIRED[operator_of(leaf)]


def is_yes_or_no(subject: Subject) -> bool:
    """Whether the subject is a measure that is 1 for yes and 0 for no, and not its change."""
    return subject.unit == YES_OR_NO and change_parts(subject.field.key) is None


def _answers(test: Within) -> list[str]:
    """Which of no and yes pass a test."""
    low, high = test.low, test.high
    return [
        word
        for value, word in ((0, "no"), (1, "yes"))
        if (low is None or value > low or (value == low and not test.low_open))
        and (high is None or value < high or (value == high and not test.high_open))
    ]


def seen(leaf: Leaf, value: float | int | str) -> str:
    """The value that a leaf found, as `amount` writes it, but a double no longer than it must be."""
    if not isinstance(value, float):
        return amount(leaf.subject, value)
    bounds = (leaf.test.low, leaf.test.high) if isinstance(leaf.test, Within) else ()
    return amount(leaf.subject, shortened(value, (0, *bounds)))


def amount(subject: Subject, value: float | int | str) -> str:
    """A value in the reading's unit: `55 %`, `3 d 4 h`, `2026-02-04`, `yes`."""
    if isinstance(value, str):
        return value
    if subject.reading is Reading.ELAPSED:
        return duration(round(value))
    if subject.reading is not Reading.VALUE:
        return with_unit(value, "d")
    return _stored(subject, value)


def with_unit(value: float, unit: str | None) -> str:
    """A number and its unit as the catalog writes it; of one thing, a plain English plural loses its ending."""
    if not unit or unit == YES_OR_NO:
        return number(value)
    return f"{number(value)} {_PLURAL.sub('', unit) if abs(value) == 1 else unit}"


def number(value: float) -> str:
    """The number without trailing zeros and without an exponent: `55`, `0.25`, `100000`."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shortened(value: float, apart_from: Collection[float | int | None] = (0,)) -> float:
    """The value with as few decimals, two at least, as still tell it from other values: 24.2, but 59.9996 beside 60."""
    for decimals in range(2, 16):
        short = round(value, decimals)
        if short == value or short not in apart_from:
            return short
    return value


def duration(milliseconds: int) -> str:
    """The two largest units of a span, the rest cut off: `14 d`, `3 d 4 h`, `-2 h`."""
    rest, parts = abs(milliseconds), []
    for name, size in _SPANS:
        count, rest = divmod(rest, size)
        parts.append((count, name))
    first = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [f"{count} {name}" for count, name in parts[first : first + 2] if count] or ["0 s"]
    return ("-" if milliseconds < 0 else "") + " ".join(shown)


def moment(milliseconds: int) -> str:
    """The UTC date of an instant, with the time where it is not midnight: `2026-02-04 13:00`."""
    instant = from_ms(milliseconds)
    return f"{instant:%Y-%m-%d}" if milliseconds % DAY_MS == 0 else f"{instant:%Y-%m-%d %H:%M}"


def _stored(subject: Subject, value: float | int) -> str:
    if is_yes_or_no(subject) and value in (0, 1):
        return "yes" if value else "no"
    match subject.field.kind:
        case FieldKind.FLAG:
            return "yes" if value else "no"
        case FieldKind.DAY:
            return from_day(int(value)).isoformat()
        case FieldKind.INSTANT:
            return moment(int(value))
        case _:
            return with_unit(value, subject.unit)


def _operator_of_interval(test: Within) -> str:
    match test:
        case Within(None, None):
            return "is_known"
        case Within(_, None):
            return "above" if test.low_open else "at_least"
        case Within(None, _):
            return "below" if test.high_open else "at_most"
    return "is" if test.low == test.high and not (test.low_open or test.high_open) else "between"


def _between(subject: Subject, test: Within) -> str:
    assert test.low is not None
    assert test.high is not None
    low, high = amount(subject, test.low), amount(subject, test.high)
    if not (test.low_open or test.high_open):
        return f"between {low} and {high}"
    return f"{'above' if test.low_open else 'at least'} {low} and {'below' if test.high_open else 'at most'} {high}"
