"""The explained health score in sentences."""

from datetime import datetime

from lifecycle_fsm.domain.catalog import MeasureSpec
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.domain.override import Override
from lifecycle_fsm.domain.scorecard import Absence, HealthScore, Scorecard
from lifecycle_fsm.domain.scoring import Contribution, ExplainedHealth


def health_in_words(
    card: Scorecard, counting: HealthScore, explained: ExplainedHealth, override: Override | None = None
) -> str:
    """The whole score on one line: `Health is 62 (neutral), from 3 of 4 measures; 25% of the weight is missing`."""
    if override is not None:
        own = explained.health.score
        said = "the measures give no score" if own is None else f"the measures give {_cut(own)}"
        by = "" if override.author is None else f" by {override.author}"
        return f"Health is {_score(card, counting)}, set{by} until {override.until:%Y-%m-%d %H:%M} UTC; {said}"
    present = sum(part.absence is None for part in explained.contributions)
    total = len(explained.contributions)
    if counting.score is None:
        return f"Health is unknown: {present} of {total} measures have a value that counts{_missing(explained)}"
    return f"Health is {_score(card, counting)}, from {present} of {total} measures{_missing(explained)}"


def contribution_in_words(
    part: Contribution, spec: MeasureSpec | None, as_of: datetime, override: Override | None = None
) -> str:
    """One measure on one line: `Setup is 62 %, neutral (healthy at least 80, neutral at least 50): 36.0 points`."""
    title = part.measure.key if spec is None else spec.title
    is_now = _gap(part, spec, as_of) if part.absence is not None else f"is {_value(part, spec)}{_by(override)}"
    if part.score is None:
        return f"{title} {is_now}: it takes no part"
    band = "" if part.band is None else f", {part.band.value.replace('_', ' ')} ({_thresholds(part)})"
    points = "" if part.points is None else f": {_cut(part.score)} of 100, {part.points:.1f} points"
    return f"{title} {is_now}{band}{points}"


def _score(card: Scorecard, health: HealthScore) -> str:
    assert health.score is not None
    assert health.band is not None
    grade = card.grade_of(health.score)
    return f"{_cut(health.score)} ({'' if grade is None else f'grade {grade}, '}{health.band.value.replace('_', ' ')})"


def _cut(score: float) -> str:
    # Cut, not rounded: 74.96 is not healthy and must not read 75.
    return f"{int(score * 10) / 10:g}"


def _missing(explained: ExplainedHealth) -> str:
    share = explained.missing_share
    return f"; {share:.0%} of the weight is missing" if share else ""


def _value(part: Contribution, spec: MeasureSpec | None) -> str:
    assert part.value is not None
    if spec is None:
        return f"{part.value:g}"
    return spec.label(part.value) or f"{part.value:g} {spec.unit}"


def _gap(part: Contribution, spec: MeasureSpec | None, as_of: datetime) -> str:
    if part.absence is Absence.STALE and part.observed_at_ms is not None:
        days = (to_ms(as_of) - part.observed_at_ms) // DAY_MS
        return f"is outdated ({_value(part, spec)}, {days} d old)"
    return "is missing"


def _by(override: Override | None) -> str:
    if override is None:
        return ""
    by = "" if override.author is None else f" by {override.author}"
    return f" (set{by} until {override.until:%Y-%m-%d %H:%M} UTC)"


def _thresholds(part: Contribution) -> str:
    measure = part.measure
    word = "at least" if measure.healthy > measure.neutral else "at most"
    return f"healthy {word} {measure.healthy:g}, neutral {word} {measure.neutral:g}"
