"""Health: every value has one score and one band, and the explanation adds up."""

from dataclasses import replace
from math import fsum

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.scorecard import (
    Absence,
    Band,
    Grade,
    Missing,
    RollUp,
    Scheme,
    Scorecard,
    ScoredMeasure,
    ScoreGroup,
    band_of,
    measure_score,
)
from lifecycle_fsm.domain.scoring import ExplainedHealth, card_for, explain, rate

MORE_IS_BETTER = ScoredMeasure("setup", 3.0, healthy=80.0, neutral=50.0, minimum=0.0, maximum=100.0, group="Use")
LESS_IS_BETTER = ScoredMeasure("tickets", 1.0, healthy=2.0, neutral=5.0, minimum=0.0, group="Support")
CARD = Scorecard(RollUp.WEIGHTED, (MORE_IS_BETTER, LESS_IS_BETTER), {})

finite = st.floats(-1e6, 1e6, allow_nan=False)
weights = st.floats(0.1, 10)


def scored(card: Scorecard, values: dict[str, Value], stage: str = "any", as_of_ms: int = 0) -> ExplainedHealth:
    return explain(card_for(card, stage), values, as_of_ms)


def both(setup: float | None, tickets: float | None) -> dict[str, Value]:
    return {"measure.setup": setup, "measure.tickets": tickets}


def test_a_value_at_a_threshold_is_exactly_at_the_edge_of_its_band() -> None:
    assert [measure_score(MORE_IS_BETTER, value) for value in (0, 50, 80, 100)] == [0.0, 50.0, 75.0, 100.0]
    assert [measure_score(LESS_IS_BETTER, value) for value in (8, 5, 2, 0)] == [0.0, 50.0, 75.0, 100.0]


def test_the_band_begins_at_its_threshold() -> None:
    assert [band_of(value) for value in (100.0, 75.0, 74.999, 50.0, 49.999, 0.0)] == [
        Band.HEALTHY,
        Band.HEALTHY,
        Band.NEUTRAL,
        Band.NEUTRAL,
        Band.AT_RISK,
        Band.AT_RISK,
    ]


def test_the_score_is_the_weighted_mean_and_the_points_add_up_to_it() -> None:
    found = scored(CARD, both(80.0, 8.0))

    assert (found.health.score, found.health.band) == (56.25, Band.NEUTRAL)
    assert [part.points for part in found.contributions] == [56.25, 0.0]


def test_a_missing_measure_drops_out_and_is_named() -> None:
    found = scored(CARD, both(80.0, None))

    assert (found.health.score, found.missing_share) == (75.0, 0.25)
    assert [(part.absence, part.points) for part in found.contributions] == [(None, 75.0), (Absence.MISSING, None)]


def test_a_missing_measure_may_count_as_the_worst() -> None:
    found = scored(replace(CARD, missing=Missing.WORST), both(80.0, None))

    assert found.health.score == 56.25
    assert [(part.absence, part.score, part.band) for part in found.contributions] == [
        (None, 75.0, Band.HEALTHY),
        (Absence.MISSING, 0.0, Band.AT_RISK),
    ]


@pytest.mark.parametrize(("above", "score"), [(0.24, None), (0.25, 75.0), (1.0, 75.0)])
def test_above_a_share_of_missing_weight_there_is_no_score(above: float, score: float | None) -> None:
    card = replace(CARD, missing=Missing.UNKNOWN, unknown_above=above)

    assert scored(card, both(80.0, None)).health.score == score


def test_nothing_to_score_gives_no_score_and_no_band() -> None:
    found = scored(CARD, {})

    assert (found.health.score, found.health.band, found.missing_share) == (None, None, 1.0)


def test_a_measure_is_stale_from_its_limit_on() -> None:
    ageing = ScoredMeasure("setup", 1.0, 80.0, 50.0, 0.0, 100.0, stale_after_ms=1000)
    card = Scorecard(RollUp.WEIGHTED, (ageing,), {})
    values: dict[str, Value] = {"measure.setup": 80.0, "measure.setup@": 5000}

    fresh, stale = scored(card, values, as_of_ms=5999), scored(card, values, as_of_ms=6000)

    assert (fresh.health.score, stale.health.score) == (75.0, None)
    assert stale.contributions[0].absence is Absence.STALE


def test_worst_of_takes_the_lowest_which_gives_all_points() -> None:
    found = scored(replace(CARD, roll_up=RollUp.WORST), both(100.0, 5.0))

    assert found.health.score == 50.0
    assert [part.points for part in found.contributions] == [0.0, 50.0]


def test_groups_roll_up_first_each_in_its_own_way() -> None:
    logins = ScoredMeasure("logins", 9.0, healthy=75.0, neutral=50.0, minimum=0.0, maximum=100.0, group="Use")
    groups = (ScoreGroup("Use", 1.0, RollUp.WORST), ScoreGroup("Support", 3.0))
    card = replace(CARD, measures=(*CARD.measures, logins), groups=groups)

    found = scored(card, {**both(80.0, 2.0), "measure.logins": 35.0})

    assert found.health.score == (1 * 35.0 + 3 * 75.0) / 4
    assert [part.points for part in found.contributions] == [0.0, 56.25, 8.75]


def test_a_group_without_a_measure_that_counts_drops_out() -> None:
    card = replace(CARD, groups=(ScoreGroup("Use", 1.0), ScoreGroup("Support", 3.0)))

    found = scored(card, both(80.0, None))

    assert (found.health.score, found.missing_share) == (75.0, 0.75)


def test_a_stage_may_weigh_differently() -> None:
    card = Scorecard(RollUp.WEIGHTED, (MORE_IS_BETTER,), {"renewal": (LESS_IS_BETTER,)})

    assert scored(card, both(0.0, 2.0), "renewal").health.score == 75.0


def test_a_score_reads_as_its_scheme_says() -> None:
    card = replace(CARD, grades=(Grade("A", 90.0), Grade("B", 75.0), Grade("F", 0.0)))
    shown = [replace(card, scheme=scheme).in_words(74.9) for scheme in Scheme]

    assert shown == ["74", "F", "neutral"]
    assert [card.grade_of(score) for score in (100.0, 90.0, 89.999, 75.0, 0.0)] == ["A", "A", "B", "B", "F"]
    assert card.in_words(None) == "unknown"


@given(healthy=finite, neutral=finite, low=finite, high=finite)
def test_a_better_value_never_scores_lower(healthy: float, neutral: float, low: float, high: float) -> None:
    assume(healthy != neutral)
    measure = ScoredMeasure("x", 1.0, healthy, neutral)
    worse, better = sorted((low, high), reverse=healthy < neutral)

    assert 0.0 <= measure_score(measure, worse) <= measure_score(measure, better) <= 100.0


@given(healthy=finite, neutral=finite, value=finite, edges=st.tuples(finite, finite) | st.none())
def test_every_value_has_the_one_band_that_the_thresholds_say(
    healthy: float, neutral: float, value: float, edges: tuple[float, float] | None
) -> None:
    assume(healthy != neutral)
    low, high = (None, None) if edges is None else sorted(edges)
    assume(low is None or high is None or low <= min(healthy, neutral) <= max(healthy, neutral) <= high)
    measure = ScoredMeasure("x", 1.0, healthy, neutral, low, high)
    sign = 1 if healthy > neutral else -1

    expected = (
        Band.HEALTHY
        if sign * value >= sign * healthy
        else Band.NEUTRAL
        if sign * value >= sign * neutral
        else Band.AT_RISK
    )

    assert band_of(measure_score(measure, value)) is expected


@st.composite
def cards(draw: st.DrawFn) -> Scorecard:
    """Any scorecard of one to five measures of 0-100, in up to two groups."""
    groups = draw(st.sampled_from([(), ("g",), ("g", "h")]))
    measures = tuple(
        ScoredMeasure(f"m{place}", draw(weights), 75.0, 50.0, 0.0, 100.0, group=draw(st.sampled_from(groups or ("",))))
        for place in range(draw(st.integers(1, 5)))
    )
    return Scorecard(
        roll_up=draw(st.sampled_from(RollUp)),
        measures=measures,
        by_stage={},
        groups=tuple(ScoreGroup(name, draw(weights), draw(st.sampled_from(RollUp))) for name in groups),
        missing=draw(st.sampled_from(Missing)),
        unknown_above=draw(st.floats(0, 1)),
    )


values_of = st.lists(st.none() | st.floats(0, 100), min_size=5, max_size=5)


def _values(drawn: list[float | None]) -> dict[str, Value]:
    return {f"measure.m{place}": value for place, value in enumerate(drawn)}


@given(cards(), values_of)
def test_the_explanation_says_the_score_and_its_points_add_up(card: Scorecard, drawn: list[float | None]) -> None:
    values = _values(drawn)

    found = explain(card_for(card, "any"), values, 0)

    assert found.health == rate(card_for(card, "any"), values, 0)
    points = [part.points for part in found.contributions if part.points is not None]
    if found.health.score is None:
        assert points == []
    else:
        assert fsum(points) == pytest.approx(found.health.score, abs=1e-9)
        counted = [part.score for part in found.contributions if part.score is not None]
        assert min(counted) <= found.health.score <= max(counted)


@given(cards(), values_of, st.integers(0, 4), st.floats(0, 100), st.floats(0, 100))
def test_the_score_is_monotone_in_each_measure(
    card: Scorecard, drawn: list[float | None], place: int, one: float, other: float
) -> None:
    pair = [[value if each == place else old for each, old in enumerate(drawn)] for value in sorted((one, other))]

    low, high = (rate(card_for(card, "any"), _values(each), 0).score for each in pair)

    assert (low is None) is (high is None)
    assert low is None or high is None or low <= high


@given(st.floats(0, 100))
def test_every_score_has_one_band(value: float) -> None:
    assert band_of(value) in Band
