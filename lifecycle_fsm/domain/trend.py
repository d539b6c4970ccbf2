"""Where a value is going: what it was a while ago, and whether that was better or worse."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Whether a value has got better or worse over a window."""

    IMPROVING = "improving"
    WORSENING = "worsening"
    STEADY = "steady"
    UNKNOWN = "unknown"
    """One of the two values is not known."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A value a window ago, the change since, and its direction; the change is None where either is not known."""

    previous: float | None
    change: float | None
    direction: Direction


def trend_of(now: float | None, previous: float | None, steady_within: float, *, more_is_better: bool) -> Trend:
    """Compare a value with what it was; a change of at most `steady_within` either way is steady."""
    if now is None or previous is None:
        return Trend(previous, None, Direction.UNKNOWN)
    change = now - previous
    if abs(change) <= steady_within:
        return Trend(previous, change, Direction.STEADY)
    return Trend(previous, change, Direction.IMPROVING if (change > 0) is more_is_better else Direction.WORSENING)
