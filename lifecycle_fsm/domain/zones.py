"""Time zones by their IANA names: which day it is somewhere, and when the next one begins there."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from lifecycle_fsm.domain.fields import FieldKind, Value, fact_field
from lifecycle_fsm.domain.moments import DAY_MS, from_ms, to_ms

_DATABASE = "tzdata"


class Clock(Protocol):
    """What people of a place read off their clocks, in milliseconds as if it were UTC."""

    def local(self, instant_ms: int) -> int:
        """What clocks show at an instant."""

    def instant(self, local_ms: int) -> int:
        """The instant at which clocks show that; where they skip it, as if they had not been turned yet."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of the tz database that this process came with, whatever the machine around it has."""

    name: str

    def shift_ms(self, instant_ms: int) -> int:
        """How far clocks are ahead of UTC at an instant."""
        return _shift_ms(_zone_info(self.name), instant_ms)

    def day(self, instant_ms: int) -> int:
        """The local day, as days since 1970-01-01, that an instant falls on."""
        return self.local(instant_ms) // DAY_MS

    def local(self, instant_ms: int) -> int:
        """See `Clock`."""
        return instant_ms + self.shift_ms(instant_ms)

    def instant(self, local_ms: int) -> int:
        """See `Clock`; of two instants that show the same the first."""
        shown = from_ms(local_ms).replace(tzinfo=_zone_info(self.name))
        return to_ms(shown.astimezone(UTC))

    def next_change(self, instant_ms: int) -> int:
        """
        An instant after this one, up to which clocks are not turned.

        It is that of the next turn, if that comes before the end of the next year.
        """
        year = from_ms(instant_ms).year
        for each in (year, year + 1):
            turns = _turns(self.name, each)
            place = bisect_right(turns, instant_ms)
            if place < len(turns):
                return turns[place]
        return _new_year(year + 2)


UTC_ZONE = Zone("UTC")


class ZoneGap(StrEnum):
    """Why days are counted in UTC although a zone was declared."""

    MISSING = "missing"
    UNKNOWN_NAME = "unknown_name"


@dataclass(frozen=True, slots=True)
class ChosenZone:
    """The zone in which the days of an account are counted; `written` is what its fact says, None for nothing."""

    zone: Zone
    written: str | None = None
    gap: ZoneGap | None = None


@dataclass(frozen=True, slots=True)
class TimeZone:
    """Where the days of an account begin: a text fact that names a zone, and the zone of whoever has none."""

    fact: str | None = None
    default: str | None = None

    def of(self, values: Mapping[str, Value]) -> ChosenZone:
        """The zone of an account of which this is known; UTC where its fact names none, or none that is known."""
        written = None if self.fact is None else values.get(fact_field(self.fact, FieldKind.TEXT).key)
        if not isinstance(written, str):
            zone = find_zone(self.default or "")
            return ChosenZone(zone or UTC_ZONE, gap=None if zone else ZoneGap.MISSING)
        zone = find_zone(written)
        return ChosenZone(zone or UTC_ZONE, written, None if zone else ZoneGap.UNKNOWN_NAME)


def find_zone(name: str) -> Zone | None:
    """The zone of an IANA name such as `Europe/Berlin`, written exactly so; None for any other text."""
    return Zone(name) if name in zone_names() else None


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every name that `find_zone` knows."""
    return frozenset(files(_DATABASE).joinpath("zones").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1024)
def _zone_info(name: str) -> ZoneInfo:
    with files(_DATABASE).joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def _shift_ms(zone: ZoneInfo, instant_ms: int) -> int:
    offset = from_ms(instant_ms).astimezone(zone).utcoffset()
    assert offset is not None
    return offset.days * DAY_MS + offset.seconds * 1000 + offset.microseconds // 1000


@lru_cache(maxsize=4096)
def _turns(name: str, year: int) -> tuple[int, ...]:
    """The instants of a year, in UTC, at which clocks are turned; no zone turns them twice in a day."""
    zone, first, end = _zone_info(name), _new_year(year), _new_year(year + 1)
    days = [first - 1, *range(first + DAY_MS - 1, end, DAY_MS)]
    return tuple(
        _turn(zone, before, after)
        for before, after in pairwise(days)
        if _shift_ms(zone, before) != _shift_ms(zone, after)
    )


def _turn(zone: ZoneInfo, before: int, after: int) -> int:
    """The first instant after `before` whose shift is that of `after`."""
    shift = _shift_ms(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _shift_ms(zone, middle) == shift else (middle, after)
    return after


def _new_year(year: int) -> int:
    return to_ms(datetime(year, 1, 1, tzinfo=UTC))
