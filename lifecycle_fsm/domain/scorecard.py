"""Scorecards: which measures make up health, how each counts, and what the score is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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
    """Why a measure has no value that counts."""

    MISSING = "missing"
    STALE = "stale"


class Missing(StrEnum):
    """What a scorecard makes of measures that are missing or stale."""

    LEAVE_OUT = "leave_out"
    """The others make up the score."""
    WORST = "worst"
    """Each counts as 0."""
    UNKNOWN = "unknown"
    """Without more than a share of the weight there is no score; else they are left out."""


class Scheme(StrEnum):
    """What people see first of a score."""

    SCORE = "score"
    GRADE = "grade"
    COLOUR = "colour"


@dataclass(frozen=True, slots=True)
class ScoredMeasure:
    """
    Say how one measure counts.

    `healthy` and `neutral` are in the measure's unit. Healthy above neutral means that
    more is better; below, that less is better. They differ. `minimum` and `maximum`
    are the measure's range, None where it has no bound. `group` is the measure's own.
    """

    key: str
    weight: float
    healthy: float
    neutral: float
    minimum: float | None = None
    maximum: float | None = None
    stale_after_ms: int | None = None
    group: str | None = None
    is_derived: bool = False

    @property
    def field_key(self) -> str:
        """Under which key its value stands; the instant of observation stands under the same with `@`."""
        return f"derived.{self.key}" if self.is_derived else f"measure.{self.key}"


@dataclass(frozen=True, slots=True)
class ScoreGroup:
    """Measures that become one score of their own first: its name, its weight among groups, and its roll-up."""

    name: str
    weight: float
    roll_up: RollUp = RollUp.WEIGHTED


@dataclass(frozen=True, slots=True)
class Grade:
    """A name for the scores from `at_least` up to the next better grade."""

    name: str
    at_least: float


@dataclass(frozen=True, slots=True)
class Scorecard:
    """
    Hold measures in the order of the file, their roll-up, and the stages that weigh differently.

    With `groups`, every measure belongs to one of them and `roll_up` is that of the
    groups. `unknown_above` is the share of missing weight, 0 to 1, that `Missing.UNKNOWN`
    still accepts. `grades` come best first; the last begins at 0.
    """

    roll_up: RollUp
    measures: tuple[ScoredMeasure, ...]
    by_stage: Mapping[str, tuple[ScoredMeasure, ...]]
    groups: tuple[ScoreGroup, ...] = ()
    missing: Missing = Missing.LEAVE_OUT
    unknown_above: float = 1.0
    scheme: Scheme = Scheme.SCORE
    grades: tuple[Grade, ...] = ()

    def for_stage(self, stage: str) -> tuple[ScoredMeasure, ...]:
        """The measures that count in a stage."""
        return self.by_stage.get(stage, self.measures)

    def everywhere(self) -> tuple[ScoredMeasure, ...]:
        """One entry of every measure that counts in any stage."""
        lists = (self.measures, *self.by_stage.values())
        return tuple({each.key: each for measures in lists for each in measures}.values())

    def grade_of(self, score: float) -> str | None:
        """The one grade of a score; None for a scorecard without grades."""
        return next((grade.name for grade in self.grades if score >= grade.at_least), None)

    def in_words(self, score: float | None) -> str:
        """A score as the scheme shows it: `74`, `B`, `neutral`; `unknown` without one."""
        if score is None:
            return "unknown"
        if self.scheme is Scheme.COLOUR:
            return band_of(score).value
        # Cut, not rounded: 74.9 is not healthy and must not read 75.
        return (self.grade_of(score) if self.scheme is Scheme.GRADE else None) or f"{int(score)}"


@dataclass(frozen=True, slots=True)
class HealthScore:
    """The rolled-up score, 0-100, and its band; neither where the scorecard gives no score."""

    score: float | None
    band: Band | None


NO_HEALTH = HealthScore(None, None)


def health_of(score: float | None) -> HealthScore:
    """The score with its band."""
    return NO_HEALTH if score is None else HealthScore(score, band_of(score))


def band_of(score: float) -> Band:
    """The one band of a score of 0-100."""
    if score >= HEALTHY_FROM:
        return Band.HEALTHY
    return Band.NEUTRAL if score >= NEUTRAL_FROM else Band.AT_RISK


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a measure's values lie on 0-100: its thresholds, the ends of the scale, and which way is better."""

    healthy: float
    neutral: float
    best: float
    worst: float
    rises: bool


def scale_of(measure: ScoredMeasure) -> Scale:
    """
    The scale of a measure: the healthy threshold is 75, the neutral threshold 50, linear between.

    It ends at the measure's range; a side without a bound ends one neutral-to-healthy
    distance beyond the threshold.
    """
    step = measure.healthy - measure.neutral
    best, worst = (measure.maximum, measure.minimum) if step > 0 else (measure.minimum, measure.maximum)
    return Scale(
        measure.healthy,
        measure.neutral,
        measure.healthy + step if best is None else best,
        measure.neutral - step if worst is None else worst,
        step > 0,
    )


def measure_score(measure: ScoredMeasure, value: float) -> float:
    """The score of a measure's value, 0-100."""
    return placed(scale_of(measure), value)


def placed(scale: Scale, value: float) -> float:
    """
    Place a value on a scale.

    A measure at a threshold lies exactly at the band's edge, and the score never falls when
    the value improves.

    Source: thresholds per measure, docs/health.md.
    """
    healthy, neutral = scale.healthy, scale.neutral
    if value >= healthy if scale.rises else value <= healthy:
        return _between(value, healthy, scale.best, HEALTHY_FROM, BEST)
    if value >= neutral if scale.rises else value <= neutral:
        return min(_between(value, neutral, healthy, NEUTRAL_FROM, HEALTHY_FROM), BELOW_HEALTHY)
    return min(_between(value, scale.worst, neutral, WORST, NEUTRAL_FROM), BELOW_NEUTRAL)


# A value short of a threshold must not be rounded up to it.
BELOW_HEALTHY = 75.0 - 2.0**-46
BELOW_NEUTRAL = 50.0 - 2.0**-47


def _between(value: float, low: float, high: float, low_score: float, high_score: float) -> float:
    if high == low:
        return high_score
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return low_score + share * (high_score - low_score)
