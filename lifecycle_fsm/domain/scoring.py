"""Health computed: measures weighed into one score, and the reason for every point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.scorecard import (
    WORST,
    Absence,
    Band,
    HealthScore,
    Missing,
    RollUp,
    Scale,
    Scorecard,
    ScoredMeasure,
    band_of,
    health_of,
    placed,
    scale_of,
)


@dataclass(frozen=True, slots=True)
class _Part:
    """Measures that roll up together: their places in the card, the weight of all of them, and how they do."""

    places: tuple[int, ...]
    weight: float
    roll_up: RollUp


@dataclass(frozen=True, slots=True)
class Input:
    """A measure with its scale, and the keys of its value and of the instant of observation."""

    measure: ScoredMeasure
    scale: Scale
    value_key: str
    observed_key: str


@dataclass(frozen=True, slots=True)
class Card:
    """
    Hold a scorecard as one stage uses it, taken apart once.

    `weights` are the shares of all measures in the score when none is missing; they add up to 1.
    """

    scorecard: Scorecard
    inputs: tuple[Input, ...]
    parts: tuple[_Part, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """
    Say what one measure did to the score.

    `score` is the measure on 0-100; `points` is its part of the score. Both are None when
    it took no part. `absence` is also there when a missing measure counted as 0.
    """

    measure: ScoredMeasure
    value: float | None
    score: float | None
    band: Band | None
    points: float | None
    absence: Absence | None
    observed_at_ms: int | None


@dataclass(frozen=True, slots=True)
class ExplainedHealth:
    """
    Hold a score with the reason for every point: the points add up to the score.

    `missing_share` is the share of the weight that is missing or stale, 0 to 1.
    """

    health: HealthScore
    contributions: tuple[Contribution, ...]
    missing_share: float


def card_for(scorecard: Scorecard, stage: str) -> Card:
    """The scorecard as a stage uses it."""
    measures = scorecard.for_stage(stage)
    inputs = tuple(
        Input(measure, scale_of(measure), measure.field_key, f"{measure.field_key}@") for measure in measures
    )
    parts = tuple(_parts(scorecard, measures))
    return Card(scorecard, inputs, parts, _weights(measures, parts))


def _parts(scorecard: Scorecard, measures: Sequence[ScoredMeasure]) -> list[_Part]:
    if not scorecard.groups:
        return [_Part(tuple(range(len(measures))), 1.0, scorecard.roll_up)] if measures else []
    return [
        _Part(places, group.weight, group.roll_up)
        for group in scorecard.groups
        if (places := tuple(place for place, each in enumerate(measures) if each.group == group.name))
    ]


def _weights(measures: Sequence[ScoredMeasure], parts: Sequence[_Part]) -> tuple[float, ...]:
    weights = [0.0] * len(measures)
    total = sum(part.weight for part in parts)
    for part in parts:
        within = sum(measures[place].weight for place in part.places)
        for place in part.places:
            weights[place] = part.weight / total * measures[place].weight / within
    return tuple(weights)


def rate(card: Card, values: Mapping[str, Value], as_of_ms: int) -> HealthScore:
    """
    Weigh the measures of one account into its health score.

    `values` has each measure's value under its field key and the instant of observation
    under the same key with `@`. A measure is stale from the age of its limit on.

    Source: docs/health.md.
    """
    return health_of(roll_up(card, _scores(card, values, as_of_ms)))


def explain(card: Card, values: Mapping[str, Value], as_of_ms: int) -> ExplainedHealth:
    """The same score with what every measure did to it."""
    scores = _scores(card, values, as_of_ms)
    rolled = roll_up(card, scores)
    points = [None] * len(scores) if rolled is None else _points(card, scores)
    contributions = tuple(
        _contribution(each, score, point, values, as_of_ms)
        for each, score, point in zip(card.inputs, scores, points, strict=True)
    )
    absent = (place for place, part in enumerate(contributions) if part.absence is not None)
    return ExplainedHealth(health_of(rolled), contributions, sum(card.weights[place] for place in absent))


def _scores(card: Card, values: Mapping[str, Value], as_of_ms: int) -> list[float | None]:
    missing = card.scorecard.missing
    return [
        _score_of(each, values.get(each.value_key), values.get(each.observed_key), as_of_ms, missing)
        for each in card.inputs
    ]


def _score_of(each: Input, value: Value, observed: Value, as_of_ms: int, missing: Missing) -> float | None:
    """The score of one measure, from its value and the instant of observation; None where it takes no part."""
    if value is None or isinstance(value, str) or _is_stale(each, observed, as_of_ms):
        return WORST if missing is Missing.WORST else None
    return placed(each.scale, value)


def _is_stale(each: Input, observed: Value, as_of_ms: int) -> bool:
    stale_after_ms = each.measure.stale_after_ms
    return stale_after_ms is not None and isinstance(observed, int) and as_of_ms - observed >= stale_after_ms


def roll_up(card: Card, scores: Sequence[float | None]) -> float | None:
    """The scores of a card's measures, in their order, as one; None for no score."""
    if card.scorecard.missing is Missing.UNKNOWN and _is_too_little(card, scores):
        return None
    rolled = [(part.weight, _rolled(card, part, scores)) for part in card.parts]
    present = [(weight, score) for weight, score in rolled if score is not None]
    if len(card.parts) == 1:
        return present[0][1] if present else None
    return _together(card.scorecard.roll_up, present)


def _is_too_little(card: Card, scores: Sequence[float | None]) -> bool:
    missing = sum(weight for weight, score in zip(card.weights, scores, strict=True) if score is None)
    # The shares are quotients: half of the weight must not be a hair more than a half.
    return missing > card.scorecard.unknown_above + 1e-9


def _rolled(card: Card, part: _Part, scores: Sequence[float | None]) -> float | None:
    return _together(part.roll_up, _present(card, part, scores))


def _present(card: Card, part: _Part, scores: Sequence[float | None]) -> list[tuple[float, float]]:
    return [(card.inputs[place].measure.weight, score) for place in part.places if (score := scores[place]) is not None]


def _together(roll_up: RollUp, weighed: Sequence[tuple[float, float]]) -> float | None:
    """Scores with their weights as one; a mean never leaves the range of what it is the mean of."""
    if not weighed:
        return None
    lowest = min(score for _, score in weighed)
    if roll_up is RollUp.WORST:
        return lowest
    mean = sum(weight * score for weight, score in weighed) / sum(weight for weight, _ in weighed)
    return min(max(mean, lowest), max(score for _, score in weighed))


def _points(card: Card, scores: Sequence[float | None]) -> list[float | None]:
    """What each measure gives to the score; where the worst counts, the first of the worst gives all."""
    rolled = [(part.weight, _rolled(card, part, scores)) for part in card.parts]
    shares = _shares(card.scorecard.roll_up, rolled)
    points: list[float | None] = [None] * len(scores)
    for part, share in zip(card.parts, shares, strict=True):
        within = [(card.inputs[place].measure.weight, scores[place]) for place in part.places]
        for place, inner in zip(part.places, _shares(part.roll_up, within), strict=True):
            score = scores[place]
            points[place] = None if score is None else share * inner * score
    return points


def _shares(roll_up: RollUp, weighed: Sequence[tuple[float, float | None]]) -> list[float]:
    """The share of each in a roll-up; those without a score have none, and all others together 1."""
    present = [(weight, score) for weight, score in weighed if score is not None]
    if not present:
        return [0.0] * len(weighed)
    if roll_up is RollUp.WORST:
        lowest = min(score for _, score in present)
        first = next(place for place, (_, score) in enumerate(weighed) if score == lowest)
        return [float(place == first) for place in range(len(weighed))]
    total = sum(weight for weight, _ in present)
    return [weight / total if score is not None else 0.0 for weight, score in weighed]


def _contribution(
    each: Input, score: float | None, points: float | None, values: Mapping[str, Value], as_of_ms: int
) -> Contribution:
    value, observed = values.get(each.value_key), values.get(each.observed_key)
    absence = Absence.MISSING if value is None else Absence.STALE if _is_stale(each, observed, as_of_ms) else None
    return Contribution(
        measure=each.measure,
        value=float(value) if isinstance(value, float | int) else None,
        score=score,
        band=None if score is None else band_of(score),
        points=points,
        absence=absence,
        observed_at_ms=observed if isinstance(observed, int) else None,
    )
