"""When something that runs by itself is due: at an interval, or at the minutes that a cron line names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lifecycle_fsm.domain.moments import SECOND_MS, from_ms, parse_duration, to_ms

_LONGEST_SEARCH = 4 * 366
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_SUNDAY = 7


@dataclass(frozen=True, slots=True)
class Every:
    """At each multiple of a span since 1970, in milliseconds; at least one second."""

    span_ms: int
    text: str

    def last(self, now: datetime) -> datetime:
        """The last instant at or before now."""
        return from_ms(to_ms(now) // self.span_ms * self.span_ms)

    def __str__(self) -> str:
        """As it was written."""
        return self.text


@dataclass(frozen=True, slots=True)
class Cron:
    """
    At the minutes in UTC whose five parts are all listed: minute, hour, day of month, month, day of week.

    When neither day begins with a star, either of them is enough, as cron has always done.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    text: str

    def last(self, now: datetime) -> datetime:
        """The last instant at or before now; the longest gap, a 29th of February, is four years and a day."""
        day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        for _ in range(2 * _LONGEST_SEARCH + 2):
            if self._has_day(day):
                found = next((at for at in self._minutes_of(day) if at <= now), None)
                if found is not None:
                    return found
            day -= timedelta(days=1)
        raise AssertionError("a cron line that never comes was let in")

    def comes(self) -> bool:
        """Whether there is such a day at all: no 30th of February."""
        first = datetime(2024, 1, 1, tzinfo=UTC)
        return any(self._has_day(first + timedelta(days=each)) for each in range(_LONGEST_SEARCH + 1))

    def __str__(self) -> str:
        """As it was written."""
        return self.text

    def _has_day(self, day: datetime) -> bool:
        if day.month not in self.months:
            return False
        in_month, in_week = day.day in self.days, day.isoweekday() % _SUNDAY in self.weekdays
        return in_month or in_week if self.either_day else in_month and in_week

    def _minutes_of(self, day: datetime) -> Iterator[datetime]:
        """The instants of a day, the last one first."""
        for hour in sorted(self.hours, reverse=True):
            for minute in sorted(self.minutes, reverse=True):
                yield day.replace(hour=hour, minute=minute)


Schedule = Every | Cron


def parse_schedule(text: str) -> Schedule | None:
    """A span such as `2s`, `5m` or `1h`, or a cron line of five parts in UTC; None if it is neither."""
    span = parse_duration(text)
    if span is not None:
        return Every(span, text) if span >= SECOND_MS else None
    parts = text.split()
    if len(parts) != len(_BOUNDS):
        return None
    sets = [_values(part, *bounds) for part, bounds in zip(parts, _BOUNDS, strict=True)]
    if any(values is None for values in sets):
        return None
    minutes, hours, days, months, weekdays = (values or frozenset() for values in sets)
    cron = Cron(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(each % _SUNDAY for each in weekdays),
        either_day=not parts[2].startswith("*") and not parts[4].startswith("*"),
        text=text,
    )
    return cron if cron.comes() else None


def _values(part: str, lowest: int, highest: int) -> frozenset[int] | None:
    """What one part lists: `*`, numbers, ranges and steps, with commas between."""
    found: set[int] = set()
    for piece in part.split(","):
        values = _piece(piece, lowest, highest)
        if values is None:
            return None
        found.update(values)
    return frozenset(found)


def _piece(piece: str, lowest: int, highest: int) -> range | None:
    span, _, step = piece.partition("/")
    if ("/" in piece and not step.isdigit()) or (step and int(step) < 1):
        return None
    if span == "*":
        return range(lowest, highest + 1, int(step or 1))
    first, _, last = span.partition("-")
    if not first.isdigit() or ("-" in span and not last.isdigit()):
        return None
    start = int(first)
    end = int(last) if last else (highest if step else start)
    return range(start, end + 1, int(step or 1)) if lowest <= start <= end <= highest else None
