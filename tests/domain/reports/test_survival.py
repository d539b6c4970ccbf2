"""The product-limit estimate agrees with a published example, with lifelines, and with counting."""

from collections import Counter
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.domain.reports.shares import Share, quartiles
from lifecycle_fsm.domain.reports.survival import quantile, spells, survival

REMISSIONS = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks of remission under 6-mercaptopurine; Freireich et al. (1963), as in Kleinbaum and Klein, table 2.4."""


def test_agrees_with_the_published_curve() -> None:
    counts = Counter([*((days, True) for days in REMISSIONS), *((days, False) for days in CENSORED)])

    curve = survival(spells(counts))

    assert [(step.days, step.at_risk, step.ended, round(step.share, 4)) for step in curve] == [
        (6, 21, 3, 0.8571),
        (7, 17, 1, 0.8067),
        (10, 15, 1, 0.7529),
        (13, 12, 1, 0.6902),
        (16, 11, 1, 0.6275),
        (22, 7, 1, 0.5378),
        (23, 6, 1, 0.4482),
    ]
    assert [curve[0].low, curve[0].high] == pytest.approx([0.6197, 0.9516], abs=1e-4)
    assert (quantile(curve, 0.25), quantile(curve, 0.5), quantile(curve, 0.75)) == (13, 23, None)


def test_says_nothing_without_visits_that_ended() -> None:
    assert survival(spells({(3, False): 5})) == ()
    assert quantile((), 0.5) is None


@given(st.lists(st.integers(0, 50), min_size=1))
def test_is_plain_counting_where_every_visit_ended(days: list[int]) -> None:
    curve = survival(spells(Counter((day, True) for day in days)))

    for step in curve:
        assert step.share == pytest.approx(sum(day > step.days for day in days) / len(days))
        assert step.low is None or step.low <= step.share <= (step.high or 1)
    assert curve[-1].share == pytest.approx(0)


def test_quartiles_are_values_that_occur() -> None:
    found = quartiles({10.0: 1, 20.0: 2, 40.0: 1})

    assert (found.n, found.lower, found.median, found.upper) == (4, 10.0, 20.0, 20.0)
    assert quartiles({}).median is None
    assert (Share(1, 4).ratio, Share(0, 0).ratio) == (0.25, None)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1))
def test_is_the_product_over_people_one_by_one(seen: list[tuple[int, bool]]) -> None:
    share, expected = 1.0, list[tuple[int, int, int, float]]()
    for day in range(31):
        at_risk = [days for days, _ in seen if days >= day]
        ended = [days for days, over in seen if over and days == day]
        if ended:
            share *= 1 - len(ended) / len(at_risk)
            expected.append((day, len(at_risk), len(ended), share))

    curve = survival(spells(Counter(seen)))

    assert [(step.days, step.at_risk, step.ended) for step in curve] == [row[:3] for row in expected]
    assert [step.share for step in curve] == pytest.approx([row[3] for row in expected])


@pytest.fixture(scope="module")
def lifelines() -> Any:
    return import_module("lifelines")  # with pandas it takes seconds: only who runs this waits for it


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=120))
def test_agrees_with_lifelines(lifelines: Any, seen: list[tuple[int, bool]]) -> None:
    fitted = lifelines.KaplanMeierFitter(alpha=0.05)
    fitted.fit([days for days, _ in seen], event_observed=[ended for _, ended in seen])
    events = fitted.event_table[fitted.event_table["observed"] > 0]

    curve = survival(spells(Counter(seen)))

    assert [(step.days, step.at_risk, step.ended) for step in curve] == [
        (row.Index, row.at_risk, row.observed) for row in events.itertuples()
    ]
    shares, bands = fitted.survival_function_at_times([step.days for step in curve]), fitted.confidence_interval_
    assert [step.share for step in curve] == pytest.approx(list(shares), abs=1e-12)
    for step in curve:
        if step.low is not None:
            assert [step.low, step.high] == pytest.approx(list(bands.loc[step.days]), abs=1e-12)
    half = min((abs(step.share - 0.5) for step in curve), default=1)
    if half > 1e-12:  # a share that is a half is a little more in doubles, which lifelines takes for not yet a half
        median = fitted.median_survival_time_
        assert quantile(curve, 0.5) == (None if median == float("inf") else median)
