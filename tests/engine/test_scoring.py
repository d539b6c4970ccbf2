"""The scorer of many accounts gives exactly what the score of one account is."""

from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.scorecard import Missing, RollUp, Scorecard, ScoredMeasure, ScoreGroup
from lifecycle_fsm.domain.scoring import card_for, rate
from lifecycle_fsm.engine.scoring import scorer_of

ANY = ScoredMeasure("a", 2.0, 75.0, 50.0, 0.0, 100.0, stale_after_ms=10, group="g")
LESS = ScoredMeasure("b", 1.0, 10.0, 40.0, group="h")
KEYS = {"measure.a": 0, "measure.a@": 1, "measure.b": 2}
VALUES = st.none() | st.floats(-50, 150)
GROUPS = (ScoreGroup("g", 3.0), ScoreGroup("h", 1.0, RollUp.WORST))


@given(
    roll_up=st.sampled_from(RollUp),
    missing=st.sampled_from(Missing),
    groups=st.sampled_from([(), GROUPS]),
    share=st.floats(0, 1),
    observed=st.tuples(
        st.none() | st.floats(-50, 150), st.none() | st.integers(0, 30), st.none() | st.floats(-50, 150)
    ),
)
def test_scoring_by_position_is_scoring_by_key(
    roll_up: RollUp, missing: Missing, groups: tuple[ScoreGroup, ...], share: float, observed: tuple[Value, ...]
) -> None:
    card = card_for(Scorecard(roll_up, (ANY, LESS), {}, groups, missing, share), "any")
    scorer = scorer_of(card, KEYS)
    assert scorer is not None

    found = scorer(observed, 20)

    expected = rate(card, dict(zip(KEYS, observed, strict=True)), 20)
    assert found == (expected.score, expected.band)


@given(
    roll_up=st.sampled_from(RollUp),
    weights=st.lists(st.floats(0.1, 10), min_size=1, max_size=12),
    thresholds=st.tuples(st.integers(-5, 5), st.integers(-5, 5)).filter(lambda two: two[0] != two[1]),
    bounds=st.tuples(st.none() | st.integers(-5, 0), st.none() | st.integers(0, 5)),
    values=st.lists(st.floats(-8, 8) | st.integers(-8, 8), min_size=12, max_size=12),
)
def test_a_card_of_any_thresholds_and_ranges_is_scored_the_same(
    roll_up: RollUp,
    weights: list[float],
    thresholds: tuple[int, int],
    bounds: tuple[int | None, int | None],
    values: list[float],
) -> None:
    measures = tuple(ScoredMeasure(f"m{place}", weight, *thresholds, *bounds) for place, weight in enumerate(weights))
    card = card_for(Scorecard(roll_up, measures, {}), "any")
    keys = {each.value_key: place for place, each in enumerate(card.inputs)}
    scorer = scorer_of(card, keys)
    assert scorer is not None

    found = scorer(values, 0)

    expected = rate(card, dict(zip(keys, values, strict=False)), 0)
    assert found == (expected.score, expected.band)


def test_there_is_no_scorer_for_what_is_not_observed() -> None:
    derived = ScoredMeasure("a", 1.0, 75.0, 50.0, 0.0, 100.0, is_derived=True)

    assert scorer_of(card_for(Scorecard(RollUp.WORST, (derived,), {}), "any"), KEYS) is None
    assert scorer_of(card_for(Scorecard(RollUp.WORST, (ANY,), {}), "any"), {"measure.a": 0}) is None
