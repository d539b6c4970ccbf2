"""Shares and quartiles of counted values, honest about how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; no ratio of none."""

    numerator: int
    denominator: int

    @property
    def ratio(self) -> float | None:
        """The part, 0 to 1; None of none."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The values below which a quarter, a half and three quarters lie; None without values. `n` counts them."""

    n: int
    lower: float | None
    median: float | None
    upper: float | None


def quartiles(counts: Mapping[float, int]) -> Quartiles:
    """
    The quartiles of values with their counts.

    Each is the smallest value with at least that part of all at or below it.

    Source: Hyndman and Fan (1996), definition 1.
    """
    total = sum(counts.values())
    lower, median, upper = (_at(counts, part * total) for part in (0.25, 0.5, 0.75))
    return Quartiles(total, lower, median, upper)


def _at(counts: Mapping[float, int], rank: float) -> float | None:
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return value
    return None
