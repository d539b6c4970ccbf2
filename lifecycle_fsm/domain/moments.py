"""Instants, days and durations as the integers that guards compare."""

import re
from datetime import UTC, date, datetime, timedelta

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
DURATION = re.compile(r"(\d{1,6})(s|m|h|d|w)")
_UNIT_MS = {"w": 7 * DAY_MS, "d": DAY_MS, "h": HOUR_MS, "m": MINUTE_MS, "s": SECOND_MS}


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970 in UTC, exact; the datetime must be aware."""
    delta = instant - _EPOCH
    return delta.days * DAY_MS + delta.seconds * SECOND_MS + delta.microseconds // 1000


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC datetime at that many milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def to_day(day: date) -> int:
    """Days since 1970-01-01; negative before it."""
    return day.toordinal() - _EPOCH_DAY


def from_day(number: int) -> date:
    """The date that many days after 1970-01-01."""
    return date.fromordinal(number + _EPOCH_DAY)


def day_of(milliseconds: int) -> int:
    """The UTC day, as days since 1970-01-01, that the instant falls on."""
    return milliseconds // DAY_MS


def parse_duration(text: str) -> int | None:
    """Milliseconds of `14d`, `12h`, `2w`, `30m` or `45s`; None for any other text."""
    match = DURATION.fullmatch(text)
    return int(match[1]) * _UNIT_MS[match[2]] if match else None


def format_duration(milliseconds: int) -> str:
    """The shortest text that `parse_duration` reads back to the same number; never weeks."""
    for unit in ("d", "h", "m"):
        if milliseconds % _UNIT_MS[unit] == 0:
            return f"{milliseconds // _UNIT_MS[unit]}{unit}"
    return f"{milliseconds // SECOND_MS}s"
