"""Business calendars: which days are worked, and how far apart days are when only those count."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from lifecycle_fsm.domain.moments import DAY_MS, format_duration, from_day, from_ms, parse_duration, to_day, to_ms
from lifecycle_fsm.domain.zones import UTC_ZONE, Clock

_WEEK = 7
BUSINESS_DAYS = re.compile(r"(\d{1,6})bd")
MOST_BUSINESS_DAYS = 26_000
"""A hundred years of them."""


class Weekday(StrEnum):
    """The days of a week, in order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """A day that is not worked, with its name for people."""

    on: date
    name: str


@dataclass(frozen=True)
class Calendar:
    """
    Say which days are worked: `working_days` of the week, at least one, but for the `holidays`.

    Holidays are sorted by date, one for each; before the first and after the last only
    the days of the week count.
    """

    key: str
    title: str
    working_days: tuple[Weekday, ...]
    holidays: tuple[Holiday, ...] = ()

    @cached_property
    def worked(self) -> frozenset[int]:
        """The days of the week that are worked, Monday being 0."""
        return frozenset(list(Weekday).index(day) for day in self.working_days)

    @cached_property
    def closed(self) -> tuple[int, ...]:
        """The holidays that would be worked otherwise, as days since 1970, rising."""
        return tuple(to_day(each.on) for each in self.holidays if each.on.weekday() in self.worked)


WEEKDAYS = Calendar("weekdays", "Monday to Friday", tuple(Weekday)[:5])
"""The calendar of whoever declares none: Monday to Friday, without holidays."""


@dataclass(frozen=True, slots=True, order=True)
class BusinessDays:
    """A length of time in days that are worked, at least 0."""

    count: int


Span = int | BusinessDays
"""A length of time: elapsed milliseconds, or business days."""


def is_business_day(calendar: Calendar, day: date) -> bool:
    """Whether the day is worked."""
    return business_days_between(calendar, day - timedelta(days=1), day) == 1


def business_days_between(calendar: Calendar, start: date, end: date) -> int:
    """
    Count the days worked after `start` up to and with `end`; less than 0 when `end` comes first.

    A negative count is that of the days worked before `start` back to and with `end`, so
    that `add_business_days` and this undo each other from any day.
    """
    first, last = to_day(start), to_day(end)
    if last < first:
        return -_worked(calendar, last - 1, first - 1)
    return _worked(calendar, first, last)


def add_business_days(calendar: Calendar, start: date, days: int) -> date:
    """
    Give the day that is so many worked days after `start`; before it for a negative number.

    From a day that is not worked the next worked day is the first; 0 gives `start` itself.
    """
    if days == 0:
        return start
    step = 1 if days > 0 else -1
    # No stretch has fewer worked days than weeks less holidays, so the day lies within these.
    farthest = (abs(days) + len(calendar.closed) + 1) * _WEEK
    offset = bisect_left(
        range(farthest), abs(days), key=lambda each: abs(_counted(calendar, start, timedelta(days=step * each)))
    )
    return start + timedelta(days=step * offset)


def after(calendar: Calendar, start: datetime, span: Span, clock: Clock = UTC_ZONE) -> datetime:
    """The instant so long after `start`; business days are those of a place, and keep its time of day."""
    if not isinstance(span, BusinessDays):
        return from_ms(to_ms(start) + span)
    day, rest = divmod(clock.local(to_ms(start)), DAY_MS)
    last = to_day(add_business_days(calendar, from_day(day), span.count))
    return start + timedelta(milliseconds=clock.instant(last * DAY_MS + rest) - to_ms(start))


def at_least_ms(span: Span) -> int:
    """How long the span is at the shortest, in milliseconds: where every day is worked."""
    return span.count * DAY_MS if isinstance(span, BusinessDays) else span


def is_longer(longer: Span, shorter: Span) -> bool:
    """Whether the first span may end later than the second; no day less than worked days take is enough."""
    return at_least_ms(longer) > at_least_ms(shorter)


def parse_span(text: str) -> Span | None:
    """`10bd` as business days, any other duration such as `14d` as milliseconds; None for any other text."""
    match = BUSINESS_DAYS.fullmatch(text)
    return BusinessDays(int(match[1])) if match else parse_duration(text)


def format_span(span: Span) -> str:
    """The text that `parse_span` reads back to the same span."""
    return f"{span.count}bd" if isinstance(span, BusinessDays) else format_duration(span)


def calendar_with(calendar: Calendar, holidays: Iterable[Holiday]) -> Calendar:
    """The calendar with more holidays; where two fall on one day, the names are joined."""
    names: dict[date, list[str]] = {}
    for each in (*calendar.holidays, *holidays):
        known = names.setdefault(each.on, [])
        if each.name not in known:
            known.append(each.name)
    joined = tuple(Holiday(on, "; ".join(each)) for on, each in sorted(names.items()))
    return Calendar(calendar.key, calendar.title, calendar.working_days, joined)


def _counted(calendar: Calendar, start: date, distance: timedelta) -> int:
    return business_days_between(calendar, start, start + distance)


def _worked(calendar: Calendar, first: int, last: int) -> int:
    """The days worked after the day `first` up to and with `last`, which is not before it."""
    weeks, rest = divmod(last - first, _WEEK)
    # 1970-01-01 was a Thursday, and Monday is 0.
    odd = sum((last - back + 3) % _WEEK in calendar.worked for back in range(rest))
    free = bisect_right(calendar.closed, last) - bisect_right(calendar.closed, first)
    return weeks * len(calendar.worked) + odd - free
