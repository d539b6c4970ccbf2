"""Health: every value has one score and one band, and the explanation adds up."""

from hypothesis import assume, given
from hypothesis import strategies as st

from lifecycle_fsm.domain.scorecard import (
    Absence,
    Band,
    RollUp,
    Scorecard,
    ScoredMeasure,
    band_of,
    measure_score,
    score,
)

MORE_IS_BETTER = ScoredMeasure("setup", 3.0, healthy=80.0, neutral=50.0, minimum=0.0, maximum=100.0)
LESS_IS_BETTER = ScoredMeasure("tickets", 1.0, healthy=2.0, neutral=5.0, minimum=0.0)
CARD = Scorecard(RollUp.WEIGHTED, (MORE_IS_BETTER, LESS_IS_BETTER), {})

finite = st.floats(-1e6, 1e6, allow_nan=False)


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
    health = score(CARD, "onboarding", {"measure.setup": 80.0, "measure.tickets": 8.0}, 0)

    assert (health.score, health.band) == (56.25, Band.NEUTRAL)
    assert [part.points for part in health.contributions] == [56.25, 0.0]


def test_a_missing_measure_drops_out_and_is_named() -> None:
    health = score(CARD, "onboarding", {"measure.setup": 80.0}, 0)

    assert health.score == 75.0
    assert [part.absence for part in health.contributions] == [None, Absence.MISSING]


def test_nothing_to_score_gives_no_score_and_no_band() -> None:
    health = score(CARD, "onboarding", {}, 0)

    assert (health.score, health.band) == (None, None)


def test_a_measure_is_stale_from_its_limit_on() -> None:
    ageing = ScoredMeasure("setup", 1.0, 80.0, 50.0, 0.0, 100.0, stale_after_ms=1000)
    card = Scorecard(RollUp.WEIGHTED, (ageing,), {})
    values = {"measure.setup": 80.0, "measure.setup@": 5000}

    fresh, stale = score(card, "any", values, 5999), score(card, "any", values, 6000)

    assert (fresh.score, stale.score) == (75.0, None)
    assert stale.contributions[0].absence is Absence.STALE


def test_worst_of_takes_the_lowest() -> None:
    card = Scorecard(RollUp.WORST, (MORE_IS_BETTER, LESS_IS_BETTER), {})

    assert score(card, "any", {"measure.setup": 100.0, "measure.tickets": 5.0}, 0).score == 50.0


def test_a_stage_may_weigh_differently() -> None:
    card = Scorecard(RollUp.WEIGHTED, (MORE_IS_BETTER,), {"renewal": (LESS_IS_BETTER,)})

    assert score(card, "renewal", {"measure.setup": 0.0, "measure.tickets": 2.0}, 0).score == 75.0


@given(healthy=finite, neutral=finite, low=finite, high=finite)
def test_a_better_value_never_scores_lower(healthy: float, neutral: float, low: float, high: float) -> None:
    assume(healthy != neutral)
    measure = ScoredMeasure("x", 1.0, healthy, neutral)
    worse, better = sorted((low, high), reverse=healthy < neutral)

    assert 0.0 <= measure_score(measure, worse) <= measure_score(measure, better) <= 100.0


@given(st.floats(0, 100))
def test_every_score_has_one_band(value: float) -> None:
    assert band_of(value) in Band
