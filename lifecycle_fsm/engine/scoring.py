"""Health scores of many accounts: the same numbers as `domain.scorecard.score`, without its reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.scorecard import (
    BEST,
    HEALTHY_FROM,
    NEUTRAL_FROM,
    WORST,
    Band,
    RollUp,
    Scorecard,
    ScoredMeasure,
    band_of,
)

Scorer = Callable[[Sequence[Value], int], tuple[float | None, Band | None]]
"""Scores observed values, which are in the order of the keys, at an evaluation date in milliseconds."""

_Part = tuple[int, int, int | None, float, float, float, float, float, float]


def has_only(value: object, known: frozenset[str]) -> bool:
    """Whether a dataclass says nothing beyond these fields: all others are as they are by default."""
    return all(
        each.name in known or (each.default is not MISSING and getattr(value, each.name) == each.default)
        for each in fields(value)  # type: ignore[arg-type] # only dataclasses are given
    )


def scorer_of(scorecard: Scorecard, stage: str, positions: Mapping[str, int]) -> Scorer | None:
    """A function that scores like the scorecard in a stage; None where it asks for more than measures and their age."""
    measures = scorecard.for_stage(stage)
    parts = [_part(measure, positions) for measure in measures]
    if not has_only(scorecard, _SCORECARD) or not all(has_only(measure, _MEASURE) for measure in measures):
        return None
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return _worst(known) if scorecard.roll_up is RollUp.WORST else _weighted(known)


_SCORECARD = frozenset({"roll_up", "measures", "by_stage"})
_MEASURE = frozenset({"key", "weight", "healthy", "neutral", "minimum", "maximum", "stale_after_ms"})


def _part(measure: ScoredMeasure, positions: Mapping[str, int]) -> _Part | None:
    value, observed = positions.get(f"measure.{measure.key}"), positions.get(f"measure.{measure.key}@", -1)
    if value is None or (measure.stale_after_ms is not None and observed < 0):
        return None
    step = measure.healthy - measure.neutral
    best = measure.maximum if step > 0 else measure.minimum
    worst = measure.minimum if step > 0 else measure.maximum
    best = measure.healthy + step if best is None else best
    worst = measure.neutral - step if worst is None else worst
    return (
        value,
        observed,
        measure.stale_after_ms,
        measure.weight,
        measure.healthy,
        measure.neutral,
        step,
        best,
        worst,
    )


def _weighted(parts: Sequence[_Part]) -> Scorer:
    def score(values: Sequence[Value], as_of_ms: int) -> tuple[float | None, Band | None]:
        weights: list[float] = []
        scored: list[float] = []
        for part in parts:
            placed = _placed(part, values, as_of_ms)
            if placed is not None:
                weights.append(part[3])
                scored.append(part[3] * placed)
        total = sum(weights)
        if total <= 0:
            return None, None
        mean = sum(scored) / total
        return mean, band_of(mean)

    return score


def _worst(parts: Sequence[_Part]) -> Scorer:
    def score(values: Sequence[Value], as_of_ms: int) -> tuple[float | None, Band | None]:
        present = [(part, placed) for part in parts if (placed := _placed(part, values, as_of_ms)) is not None]
        if sum(part[3] for part, _ in present) <= 0:
            return None, None
        worst = min(placed for _, placed in present)
        return worst, band_of(worst)

    return score


def _placed(part: _Part, values: Sequence[Value], as_of_ms: int) -> float | None:
    """`measure_score` with all that does not depend on the value worked out before."""
    place, observed_place, stale_after_ms, _, healthy, neutral, step, best, worst = part
    value = values[place]
    if value is None or isinstance(value, str):
        return None
    if stale_after_ms is not None:
        observed = values[observed_place]
        if isinstance(observed, int) and as_of_ms - observed >= stale_after_ms:
            return None
    if (value - healthy) * step >= 0:
        return BEST if best == healthy else _between(value, healthy, best, HEALTHY_FROM, BEST)
    if (value - neutral) * step >= 0:
        return _between(value, neutral, healthy, NEUTRAL_FROM, HEALTHY_FROM)
    return NEUTRAL_FROM if worst == neutral else _between(value, worst, neutral, WORST, NEUTRAL_FROM)


def _between(value: float, low: float, high: float, low_score: float, high_score: float) -> float:
    share = (value - low) / (high - low)
    if share >= 1.0:
        share = 1.0
    elif share <= 0.0:
        share = 0.0
    return low_score + share * (high_score - low_score)
