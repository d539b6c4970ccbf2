"""
Instants that are bound by themselves, by the evaluation date, and by its midnight.

A field may be compared with a date, with the time elapsed and with the days between, all
at once. Whether some instant fits is a question about the evaluation date alone: every
lower bound must stay below every upper one.
"""

from dataclasses import dataclass
from math import inf, isinf

from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.boxes.limits import AROUND_MS
from lifecycle_fsm.guards.boxes.spans import Bound, Span
from lifecycle_fsm.guards.stored import Origin

_PLACES = {Origin.ZERO: 0, Origin.AS_OF: 1, Origin.MIDNIGHT: 2, Origin.TODAY: 2}

Bounds = tuple[Bound, Bound, Bound]
"""In milliseconds: as they are, less the evaluation date, and less its midnight."""


@dataclass(frozen=True, slots=True)
class Window:
    """The instants between all three lower and all three upper bounds."""

    lows: Bounds = (-inf, -inf, -inf)
    highs: Bounds = (inf, inf, inf)

    def narrowed(self, origin: Origin, span: Span, kind: FieldKind) -> "Window":
        """The instants of the window that also lie in a span of one reading; days are counted in milliseconds."""
        unit, place = DAY_MS if kind is FieldKind.DAY else 1, _PLACES[origin]
        lows, highs = list(self.lows), list(self.highs)
        lows[place] = max(lows[place], span.low * unit)
        highs[place] = min(highs[place], span.high * unit)
        return Window((lows[0], lows[1], lows[2]), (highs[0], highs[1], highs[2]))

    def before(self, other: "Window") -> "Window":
        """The instants that are at most the last of another window."""
        first, second, third = map(min, self.highs, other.highs)
        return Window(self.lows, (first, second, third))

    def after(self, other: "Window") -> "Window":
        """The instants that are later than the first of another window."""
        first, second, third = (max(mine, low + 1) for mine, low in zip(self.lows, other.lows, strict=True))
        return Window((first, second, third), self.highs)

    def at(self, as_of_ms: int) -> tuple[Bound, Bound]:
        """The first and the last instant at an evaluation date."""
        origins = (0, as_of_ms, as_of_ms - as_of_ms % DAY_MS)
        low = max(bound + origin for bound, origin in zip(self.lows, origins, strict=True))
        return low, min(bound + origin for bound, origin in zip(self.highs, origins, strict=True))


@dataclass(frozen=True, slots=True)
class Clock:
    """The evaluation dates from `first` to `last` whose time of day is between two others."""

    first: Bound
    last: Bound
    earliest: Bound = 0
    latest: Bound = DAY_MS - 1

    def narrowed(self, window: Window) -> "Clock | None":
        """The evaluation dates at which no lower bound of the window is above an upper one; None for none."""
        (fixed_low, now_low, midnight_low), (fixed_high, now_high, midnight_high) = window.lows, window.highs
        if fixed_low > fixed_high or now_low > now_high or midnight_low > midnight_high:
            return None
        clock = Clock(
            max(self.first, fixed_low - now_high, _midnight_from(fixed_low - midnight_high)),
            min(self.last, fixed_high - now_low, _day_until(fixed_high - midnight_low)),
            max(self.earliest, midnight_low - now_high),
            min(self.latest, midnight_high - now_low),
        )
        return clock if clock.moment() is not None else None

    def moment(self, around_ms: int = AROUND_MS) -> int | None:
        """One of the dates, near the one given; None when there is none."""
        if self.earliest > self.latest:
            return None
        start = max(self.first, min(self.last, around_ms))
        found = next((each for each in self._near(int(start)) if self.first <= each <= self.last), None)
        return None if found is None else int(found)

    def _near(self, start: int) -> tuple[Bound, Bound]:
        """The first fitting time of day from the start on, and the last one before it."""
        midnight, rest = start - start % DAY_MS, start % DAY_MS
        later = midnight + max(rest, self.earliest) if rest <= self.latest else midnight + DAY_MS + self.earliest
        sooner = midnight + min(rest, self.latest) if rest >= self.earliest else midnight - DAY_MS + self.latest
        return later, sooner


def _midnight_from(bound: Bound) -> Bound:
    return bound if isinf(bound) else -(-bound // DAY_MS) * DAY_MS


def _day_until(bound: Bound) -> Bound:
    """The last instant of the last day whose midnight is not after the bound."""
    return bound if isinf(bound) else (bound // DAY_MS + 1) * DAY_MS - 1
