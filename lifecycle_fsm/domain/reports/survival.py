"""
How long visits last, those included that are not over: the product-limit estimate.

Source: Kaplan and Meier (1958); bands by Greenwood's variance on the scale of log(-log S),
Kalbfleisch and Prentice (1980), which stay between 0 and 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log, sqrt
from typing import NamedTuple

Z95 = 1.959963984540054
"""The quantile of the normal distribution for bands of 95 %."""


class Spell(NamedTuple):
    """How many visits of that many whole days ended, and how many were still running, or left unseen."""

    days: int
    ended: int
    running: int


@dataclass(frozen=True, slots=True)
class Step:
    """
    Say what share of visits lasts longer than so many days.

    `at_risk` visits were known to last that long, `ended` of them on that day; `low` and
    `high` bound the share with 95 % confidence, None where nothing can be said.
    """

    days: int
    at_risk: int
    ended: int
    share: float
    low: float | None
    high: float | None


def spells(counts: Mapping[tuple[int, bool], int]) -> tuple[Spell, ...]:
    """The spells of counts by days and whether the visit ended, shortest first."""
    days = sorted({day for day, _ in counts})
    return tuple(Spell(day, counts.get((day, True), 0), counts.get((day, False), 0)) for day in days)


def survival(found: Sequence[Spell]) -> tuple[Step, ...]:
    """
    The curve, one step for each day on which visits ended, shortest first; empty without any.

    `found` is in the order of days. Visits that still ran on a day count as lasting beyond it.
    """
    leaving = [each.ended + each.running for each in found]
    gone = [0, *accumulate(leaving)]
    at_risk_of = [gone[-1] - before for before in gone[:-1]]
    share, summed, steps = 1.0, 0.0, list[Step]()
    for each, at_risk in zip(found, at_risk_of, strict=True):
        if not each.ended:
            continue
        share *= 1 - each.ended / at_risk
        if at_risk > each.ended:
            summed += each.ended / (at_risk * (at_risk - each.ended))
        steps.append(Step(each.days, at_risk, each.ended, share, *_band(share, summed)))
    return tuple(steps)


def _band(share: float, summed: float) -> tuple[float | None, float | None]:
    if not 0 < share < 1:
        return None, None
    spread = Z95 * sqrt(summed) / log(share)
    center = log(-log(share))
    one, other = (exp(-exp(center + sign * spread)) for sign in (1, -1))
    return min(one, other), max(one, other)


def quantile(curve: Sequence[Step], part: float) -> int | None:
    """The days within which that part of visits ends; None where the curve does not fall so far."""
    # 1 - 0.9 is not 0.1 in doubles, and neither is a product of shares.
    return next((step.days for step in curve if step.share <= 1 - part + 1e-12), None)
