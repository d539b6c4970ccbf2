"""Health scores of many accounts: the same numbers as `domain.scoring.rate`, read by position."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from operator import mul
from typing import Any

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.scorecard import (
    BELOW_HEALTHY,
    BELOW_NEUTRAL,
    BEST,
    HEALTHY_FROM,
    NEUTRAL_FROM,
    WORST,
    Band,
    Missing,
    RollUp,
    Scale,
    band_of,
)
from lifecycle_fsm.domain.scoring import Card, roll_up

Scorer = Callable[[Sequence[Value], int], tuple[float | None, Band | None]]
"""Scores observed values, which are in the order of the keys, at an evaluation date in milliseconds."""

_NEVER = -1


def has_only(value: object, known: frozenset[str]) -> bool:
    """Whether a dataclass says nothing beyond these fields: all others are as they are by default."""
    return all(
        each.name in known or (each.default is not MISSING and getattr(value, each.name) == each.default)
        for each in fields(value)  # type: ignore[arg-type] # only dataclasses are given
    )


def scorer_of(card: Card, positions: Mapping[str, int]) -> Scorer | None:
    """A function that scores as the card says; None where it asks for what is not observed."""
    found = [(each, positions.get(each.value_key), positions.get(each.observed_key, _NEVER)) for each in card.inputs]
    parts = [(each, value, observed) for each, value, observed in found if value is not None]
    if len(parts) < len(found) or any(each.measure.stale_after_ms and place < 0 for each, _, place in parts):
        return None
    absent = WORST if card.scorecard.missing is Missing.WORST else None
    placers = tuple((_placer(each.scale, absent), value) for each, value, _ in parts)
    limits = tuple((place, at, each.measure.stale_after_ms) for place, (each, _, at) in enumerate(parts))
    timed = tuple((place, at, limit) for place, at, limit in limits if limit is not None)
    whole = _whole(card)

    def score(values: Sequence[Value], as_of_ms: int) -> tuple[float | None, Band | None]:
        scores = [place(values[at]) for place, at in placers]
        for place, at, limit in timed:
            observed = values[at]
            if isinstance(observed, int) and as_of_ms - observed >= limit:
                scores[place] = absent
        rolled = roll_up(card, scores) if whole is None or None in scores else whole(scores)
        return rolled, None if rolled is None else band_of(rolled)

    return score


def _placer(scale: Scale, absent: float | None) -> Callable[[Value], float | None]:
    """`scorecard.placed` with what does not depend on the value worked out; `absent` for what is no number."""
    healthy, neutral, rises = scale.healthy, scale.neutral, scale.rises
    top = (healthy, scale.best - healthy, HEALTHY_FROM, BEST, BEST)
    middle = (neutral, healthy - neutral, NEUTRAL_FROM, HEALTHY_FROM, BELOW_HEALTHY)
    bottom = (scale.worst, neutral - scale.worst, WORST, NEUTRAL_FROM, BELOW_NEUTRAL)

    def place(value: Value) -> float | None:
        if value is None or isinstance(value, str):
            return absent
        if rises:
            section = top if value >= healthy else middle if value >= neutral else bottom
        else:
            section = top if value <= healthy else middle if value <= neutral else bottom
        start, width, low, high, most = section
        share = (value - start) / width if width else 1.0
        score = low + (0.0 if share < 0.0 else 1.0 if share > 1.0 else share) * (high - low)
        return score if score < most else most

    return place


def _whole(card: Card) -> Callable[[Sequence[Any]], float] | None:
    """`scoring.roll_up` of measures that roll up at once and of which none is missing."""
    if len(card.parts) != 1:
        return None
    (part,) = card.parts
    if part.roll_up is RollUp.WORST:
        return min
    weights = tuple(card.inputs[place].measure.weight for place in part.places)
    total = sum(weights)

    def whole(scores: Sequence[float]) -> float:
        mean = sum(map(mul, weights, scores)) / total
        return float(min(max(mean, min(scores)), max(scores)))

    return whole
