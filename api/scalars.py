"""Custom scalars: how instants, days, durations, loose values and documents look in JSON."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from lifecycle_fsm.domain.intake import LONGEST_TEXT, take_instant
from lifecycle_fsm.domain.moments import EARLIEST, LATEST

LooseValue = NewType("LooseValue", object)
"""A finite number, a text, true, false or null."""

Document = NewType("Document", object)
"""A whole document as JSON values."""

_LARGEST_INTEGER = 2**53 - 1
_LONGEST_SHOWN = 40
_LONGEST_SPAN = timedelta(days=200_000)
_DURATION = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,6})?)S)?)?")


def write_instant(instant: object) -> str:
    """An aware datetime in UTC with a trailing Z, to the millisecond where it has a fraction."""
    assert isinstance(instant, datetime)
    utc = instant.astimezone(UTC)
    text = utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def read_instant(given: object) -> datetime:
    """The instant of an ISO 8601 text that has a time zone."""
    instant = take_instant(given) if isinstance(given, str) and "T" in given.upper() else None
    if instant is None:
        raise _refused("DateTime", given, "an instant with a time zone such as 2026-03-31T09:00:00Z, from 1900 to 2199")
    return instant


def write_day(day: object) -> str:
    """A date as ISO 8601 writes it."""
    assert isinstance(day, date)
    return day.isoformat()


def read_day(given: object) -> date:
    """The date of an ISO 8601 text."""
    try:
        day = date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST.date() <= day < LATEST.date():
        raise _refused("Date", given, "a date such as 2026-03-31, from 1900 to 2199")
    return day


def write_duration(span: object) -> str:
    """Days, hours, minutes and seconds as ISO 8601 writes them: `P3DT4H`, `PT0S`."""
    assert isinstance(span, timedelta)
    sign, span = ("-", -span) if span < timedelta(0) else ("", span)
    hours, rest = divmod(span.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{span.microseconds:06}".rstrip("0") if span.microseconds else ""
    clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M")) if count)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{span.days}D" if span.days else ""
    return f"{sign}P{days}{'T' if clock else ''}{clock}" if days or clock else "PT0S"


def read_duration(given: object) -> timedelta:
    """The span of an ISO 8601 text without years, months and weeks, of at most 200,000 days."""
    match = _DURATION.fullmatch(given) if isinstance(given, str) and len(given) <= _LONGEST_SHOWN else None
    if match is None or not any(match.groups()[1:]):
        raise _refused("Duration", given, "an ISO 8601 duration such as P3DT4H, at most P200000D")
    try:
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        span = timedelta.max
    if span > _LONGEST_SPAN:
        raise _refused("Duration", given, "at most P200000D")
    return -span if match[1] else span


def write_value(value: object) -> object:
    """A number, text or flag as JSON has it."""
    assert value is None or isinstance(value, (bool, int, float, str))
    return value


def read_value(given: object) -> LooseValue:
    """A value that a measure or a fact may have; what it must be is for the catalog to say."""
    if isinstance(given, str) and len(given) > LONGEST_TEXT:
        raise _refused("Value", given, f"a text of at most {LONGEST_TEXT} characters")
    if given is not None and not isinstance(given, (bool, int, float, str)):
        raise _refused("Value", given, "a number, a text, true, false or null")
    if isinstance(given, float) and not math.isfinite(given):
        raise _refused("Value", given, "a finite number")
    if isinstance(given, int) and abs(given) > _LARGEST_INTEGER:
        raise _refused("Value", given, "a whole number of at most 53 bits")
    return LooseValue(given)


def write_document(document: object) -> object:
    """An object of JSON values as it is."""
    assert isinstance(document, dict)
    return document


def read_document(given: object) -> Document:
    """Refuse every value: nothing takes a document."""
    raise _refused("JSON", given, "none, for documents are only given")


def _refused(scalar: str, given: object, expected: str) -> GraphQLError:
    shown = str(given)
    shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
    return GraphQLError(f"{scalar} cannot be {shown!r}; expected {expected}.")


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in UTC, `2026-03-31T09:00:00Z`, from 1900 to 2199. Input may have any time zone, "
        "but needs one.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
        serialize=write_instant,
        parse_value=read_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day of the calendar, `2026-03-31`, from 1900 to 2199.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
        serialize=write_day,
        parse_value=read_day,
    ),
    timedelta: strawberry.scalar(
        name="Duration",
        description="A span of time in days, hours, minutes and seconds, `P3DT4H`; a day has 24 hours. "
        "At most 200,000 days; negative ones begin with a minus sign.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
        serialize=write_duration,
        parse_value=read_duration,
    ),
    Document: strawberry.scalar(
        name="JSON",
        description="A whole document as an object of JSON; its own specification says what is in it. Never taken, "
        "only given.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=write_document,
        parse_value=read_document,
    ),
    LooseValue: strawberry.scalar(
        name="Value",
        description="A finite number, a text of at most 500 characters, true, false, or null for unknown. Days are "
        "texts such as `2026-03-31`, instants texts as `DateTime` writes them.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-3",
        serialize=write_value,
        parse_value=read_value,
    ),
}
