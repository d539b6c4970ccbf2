"""What is let in: one outside value becomes the stored value of a field, or the reason why not."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lifecycle_fsm.domain.catalog import FactSpec, MeasureSpec, MeasureType
from lifecycle_fsm.domain.fields import FieldKind, Value
from lifecycle_fsm.domain.moments import EARLIEST, LATEST, to_day, to_ms

LONGEST_TEXT = 500
LARGEST_INTEGER = 2**53 - 1
SHOWN_TEXT = 40
"""How much of a refused text is repeated."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FLAGS = {"true": 1, "yes": 1, "1": 1, "false": 0, "no": 0, "0": 0}

Outside = float | int | str | bool | None
"""A value as a file or a request has it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a value was not let in: what was seen and what was expected, for people."""

    message: str


def take_measure(spec: MeasureSpec, outside: Outside) -> Value | Refusal:
    """
    The measure as a finite double inside its range; None and blank text mean unknown.

    A flag comes as true or false, a choice as one of its words; a derived measure does not come at all.
    """
    if spec.is_derived:
        return Refusal(f"measure {spec.key!r} is derived from what else is known; record that instead")
    if _is_blank(outside):
        return None
    number = _MEASURED.get(spec.type, _any_number)(spec, outside)
    if number is None or not math.isfinite(number):
        return Refusal(f"measure {spec.key!r} is {_seen(outside)}; expected {_expected(spec)}")
    if not _in_range(spec, number):
        return Refusal(f"measure {spec.key!r} is {_seen(outside)}; expected {_range(spec)} {spec.unit}")
    return number


def _any_number(_: MeasureSpec, outside: Outside) -> float | None:
    return _number(outside)


def _count(_: MeasureSpec, outside: Outside) -> float | None:
    number = _integer(outside)
    return None if number is None else float(number)


def _yes_or_no(_: MeasureSpec, outside: Outside) -> float | None:
    flag = _flag(outside)
    return None if flag is None else float(flag)


def _choice(spec: MeasureSpec, outside: Outside) -> float | None:
    return dict(spec.choices).get(str(outside).strip())


_MEASURED = {MeasureType.COUNT: _count, MeasureType.FLAG: _yes_or_no, MeasureType.CHOICE: _choice}


def _expected(spec: MeasureSpec) -> str:
    match spec.type:
        case MeasureType.FLAG:
            return "true or false"
        case MeasureType.CHOICE:
            return f"one of {', '.join(word for word, _ in spec.choices)}"
        case MeasureType.COUNT:
            return f"a whole number of {spec.unit}"
        case _:
            return f"a finite number in {spec.unit}"


def take_fact(spec: FactSpec, outside: Outside) -> Value | Refusal:
    """The fact in its stored form; None and blank text mean unknown."""
    if _is_blank(outside):
        return None
    taken = _TAKERS[spec.kind](outside)
    if taken is None:
        return Refusal(f"fact {spec.key!r} is {_seen(outside)}; expected {_EXPECTED[spec.kind]}")
    if spec.one_of and taken not in spec.one_of:
        return Refusal(f"fact {spec.key!r} is {_seen(outside)}; expected one of {', '.join(spec.one_of)}")
    return taken


def take_instant(outside: Outside | datetime) -> datetime | None:
    """An aware UTC datetime from ISO 8601 text or a datetime; a bare date is its midnight. None if it is neither."""
    parsed = outside if isinstance(outside, datetime) else _parsed(outside)
    if parsed is None or parsed.tzinfo is None:
        return None
    instant = parsed.astimezone(UTC)
    return instant if EARLIEST <= instant < LATEST else None


def take_text(outside: Outside) -> str | None:
    """A printable text of at most 500 characters, trimmed; None if it is not one."""
    if isinstance(outside, bool) or outside is None:
        return None
    text = str(outside).strip()
    return text if 0 < len(text) <= LONGEST_TEXT and text.isprintable() else None


def _is_blank(outside: Outside) -> bool:
    return outside is None or (isinstance(outside, str) and not outside.strip())


def _number(outside: Outside) -> float | None:
    if isinstance(outside, bool):
        return None
    if isinstance(outside, str):
        text = outside.strip()
        return float(text) if _NUMBER.fullmatch(text) else None
    return None if outside is None else float(outside)


def _finite(outside: Outside) -> float | None:
    number = _number(outside)
    return number if number is not None and math.isfinite(number) else None


def _integer(outside: Outside) -> int | None:
    number = _finite(outside)
    if number is None or not number.is_integer() or abs(number) > LARGEST_INTEGER:
        return None
    return int(number)


def _flag(outside: Outside) -> int | None:
    return _FLAGS.get(str(outside).strip().lower())


def _day(outside: Outside) -> int | None:
    if not isinstance(outside, str):
        return None
    try:
        day = date.fromisoformat(outside.strip())
    except ValueError:
        return None
    return to_day(day) if EARLIEST.date() <= day < LATEST.date() else None


def _instant(outside: Outside) -> int | None:
    instant = take_instant(outside)
    return None if instant is None else to_ms(instant)


def _parsed(outside: Outside) -> datetime | None:
    if not isinstance(outside, str):
        return None
    try:
        parsed = datetime.fromisoformat(outside.strip())
    except ValueError:
        return None
    is_bare_date = parsed.tzinfo is None and _day(outside) is not None
    return parsed.replace(tzinfo=UTC) if is_bare_date else parsed


_TAKERS = {
    FieldKind.NUMBER: _finite,
    FieldKind.INTEGER: _integer,
    FieldKind.FLAG: _flag,
    FieldKind.DAY: _day,
    FieldKind.INSTANT: _instant,
    FieldKind.TEXT: take_text,
}

_EXPECTED = {
    FieldKind.NUMBER: "a finite number",
    FieldKind.INTEGER: "a whole number of at most 53 bits",
    FieldKind.FLAG: "true or false",
    FieldKind.DAY: "a date such as 2026-03-31, from 1900 to 2199",
    FieldKind.INSTANT: "an instant with a time zone such as 2026-03-31T09:00:00Z, from 1900 to 2199",
    FieldKind.TEXT: f"a printable text of 1 to {LONGEST_TEXT} characters",
}


def _in_range(spec: MeasureSpec, number: float) -> bool:
    above = spec.minimum is None or number >= spec.minimum
    return above and (spec.maximum is None or number <= spec.maximum)


def _range(spec: MeasureSpec) -> str:
    if spec.minimum is None:
        return f"at most {spec.maximum:g}"
    return f"at least {spec.minimum:g}" if spec.maximum is None else f"{spec.minimum:g} to {spec.maximum:g}"


def _seen(outside: Outside) -> str:
    text = str(outside)
    return repr(text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}…")
