"""Health: measures weighed into one score and one band, with the reason for every point."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lifecycle_fsm.domain.fields import Value

HEALTHY_FROM = 75.0
NEUTRAL_FROM = 50.0
BEST = 100.0
WORST = 0.0


class Band(StrEnum):
    """The colour of a score: healthy from 75, neutral from 50, at risk below."""

    HEALTHY = "healthy"
    NEUTRAL = "neutral"
    AT_RISK = "at_risk"


class RollUp(StrEnum):
    """How measures become one score: their weighted mean, or the worst of them."""

    WEIGHTED = "weighted"
    WORST = "worst"


class Absence(StrEnum):
    """Why a measure does not take part in a score."""

    MISSING = "missing"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class ScoredMeasure:
    """
    Say how one measure counts.

    `healthy` and `neutral` are in the measure's unit. Healthy above neutral means that
    more is better; below, that less is better. They differ. `minimum` and `maximum`
    are the measure's range, None where it has no bound.
    """

    key: str
    weight: float
    healthy: float
    neutral: float
    minimum: float | None = None
    maximum: float | None = None
    stale_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Measures in the order of the file, their roll-up, and the stages that weigh differently."""

    roll_up: RollUp
    measures: tuple[ScoredMeasure, ...]
    by_stage: Mapping[str, tuple[ScoredMeasure, ...]]

    def for_stage(self, stage: str) -> tuple[ScoredMeasure, ...]:
        """The measures that count in a stage."""
        return self.by_stage.get(stage, self.measures)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one measure did to the score; `points` is its share of the total, None when it took no part."""

    measure: str
    weight: float
    value: float | None
    score: float | None
    band: Band | None
    points: float | None
    absence: Absence | None
    observed_at_ms: int | None


@dataclass(frozen=True, slots=True)
class HealthScore:
    """The rolled-up score, 0-100, or None with no band when no measure is left to score."""

    score: float | None
    band: Band | None
    contributions: tuple[Contribution, ...]


def band_of(score: float) -> Band:
    """The one band of a score of 0-100."""
    if score >= HEALTHY_FROM:
        return Band.HEALTHY
    return Band.NEUTRAL if score >= NEUTRAL_FROM else Band.AT_RISK


def measure_score(measure: ScoredMeasure, value: float) -> float:
    """
    Place a value on 0-100: the healthy threshold is 75, the neutral threshold 50, linear between.

    The scale ends at the measure's range; a side without a bound ends one
    neutral-to-healthy distance beyond the threshold. So a measure at a threshold
    lies exactly at the band's edge, and the score never falls when the value improves.

    Source: thresholds per measure, README "Health score".
    """
    step = measure.healthy - measure.neutral
    best = measure.maximum if step > 0 else measure.minimum
    worst = measure.minimum if step > 0 else measure.maximum
    best = measure.healthy + step if best is None else best
    worst = measure.neutral - step if worst is None else worst
    if (value - measure.healthy) * step >= 0:
        return _between(value, measure.healthy, best, HEALTHY_FROM, BEST)
    if (value - measure.neutral) * step >= 0:
        return _between(value, measure.neutral, measure.healthy, NEUTRAL_FROM, HEALTHY_FROM)
    return _between(value, worst, measure.neutral, WORST, NEUTRAL_FROM)


def _between(value: float, low: float, high: float, low_score: float, high_score: float) -> float:
    if high == low:
        return high_score
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return low_score + share * (high_score - low_score)


def score(scorecard: Scorecard, stage: str, values: Mapping[str, Value], as_of_ms: int) -> HealthScore:
    """
    Weigh the measures of one account into its health score.

    `values` has `measure.<key>` and `measure.<key>@` entries. Measures that are missing
    or stale drop out and the other weights are scaled up; none left gives no score.

    Source: weighted mean, README "Health score".
    """
    parts = tuple(_contribution(measure, values, as_of_ms) for measure in scorecard.for_stage(stage))
    present = [(part, part.score) for part in parts if part.score is not None]
    total_weight = sum(part.weight for part, _ in present)
    if not present or total_weight <= 0:
        return HealthScore(None, None, parts)
    if scorecard.roll_up is RollUp.WORST:
        worst = min(scored for _, scored in present)
        return HealthScore(worst, band_of(worst), parts)
    mean = sum(part.weight * scored for part, scored in present) / total_weight
    return HealthScore(mean, band_of(mean), tuple(_with_points(part, total_weight) for part in parts))


def _contribution(measure: ScoredMeasure, values: Mapping[str, Value], as_of_ms: int) -> Contribution:
    value = values.get(f"measure.{measure.key}")
    observed = values.get(f"measure.{measure.key}@")
    observed_ms = observed if isinstance(observed, int) else None
    absence = _absence(measure, value, observed_ms, as_of_ms)
    if absence is not None or not isinstance(value, float | int):
        number = float(value) if isinstance(value, float | int) else None
        return Contribution(measure.key, measure.weight, number, None, None, None, absence, observed_ms)
    scored = measure_score(measure, float(value))
    return Contribution(measure.key, measure.weight, float(value), scored, band_of(scored), None, None, observed_ms)


def _absence(measure: ScoredMeasure, value: Value, observed_ms: int | None, as_of_ms: int) -> Absence | None:
    if value is None:
        return Absence.MISSING
    if measure.stale_after_ms is None or observed_ms is None:
        return None
    return Absence.STALE if as_of_ms - observed_ms >= measure.stale_after_ms else None


def _with_points(part: Contribution, total_weight: float) -> Contribution:
    if part.score is None:
        return part
    return Contribution(
        part.measure,
        part.weight,
        part.value,
        part.score,
        part.band,
        part.weight * part.score / total_weight,
        part.absence,
        part.observed_at_ms,
    )
