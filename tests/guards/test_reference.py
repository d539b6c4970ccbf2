"""What leaves mean, at their bounds."""

from dataclasses import replace

import pytest

from lifecycle_fsm.domain.fields import FieldKind, Value
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.model import Held, Known, OneOf, Reading, Truth, Within
from lifecycle_fsm.guards.reference import judge
from tests.guards.builders import AS_OF, TODAY, health, kickoff, plan, renewal, setup, stage_age

RENEWAL = "fact.contract.renewal"


@pytest.mark.parametrize(("score", "truth"), [(59.9, False), (60.0, True), (None, None)])
def test_a_closed_bound_lies_inside(score: float | None, truth: Truth) -> None:
    assert judge(health(Within(60.0)), {"health.score": score}, AS_OF) is truth


def test_an_open_bound_does_not_lie_inside() -> None:
    assert judge(health(Within(60.0, low_open=True)), {"health.score": 60.0}, AS_OF) is False
    assert judge(health(Within(high=60.0, high_open=True)), {"health.score": 60.0}, AS_OF) is False


def test_a_field_that_the_row_lacks_is_unknown() -> None:
    assert judge(health(Within(60.0)), {}, AS_OF) is None


def test_an_absent_value_is_false_where_the_leaf_says_so() -> None:
    assert judge(replace(plan("completed"), absent_is_false=True), {}, AS_OF) is False
    assert judge(replace(plan("completed", negated=True), absent_is_false=True), {}, AS_OF) is False


def test_whether_a_value_is_known_is_always_known() -> None:
    assert judge(kickoff(), {}, AS_OF) is False
    assert judge(kickoff(), {"milestone.kickoff_done": 0}, AS_OF) is True
    assert judge(kickoff(Known(expected=False)), {}, AS_OF) is True


@pytest.mark.parametrize(
    ("observed_at", "truth"), [(AS_OF - DAY_MS, None), (AS_OF - DAY_MS + 1, True), (AS_OF + 1, True), (None, True)]
)
def test_a_value_counts_until_it_is_stale(observed_at: int | None, truth: Truth) -> None:
    row: dict[str, Value] = {"measure.setup_completion": 90.0, "measure.setup_completion@": observed_at}

    assert judge(setup(Within(80.0), stale_after_ms=DAY_MS), row, AS_OF) is truth


def test_a_stale_value_is_not_known() -> None:
    row: dict[str, Value] = {"measure.setup_completion": 90.0, "measure.setup_completion@": AS_OF - DAY_MS}

    assert judge(setup(Known(), stale_after_ms=DAY_MS), row, AS_OF) is False


def test_elapsed_time_counts_from_the_instant_in_milliseconds() -> None:
    leaf = stage_age(Within(14 * DAY_MS))

    assert judge(leaf, {"stage.entered_at": AS_OF - 14 * DAY_MS}, AS_OF) is True
    assert judge(leaf, {"stage.entered_at": AS_OF - 14 * DAY_MS + 1}, AS_OF) is False


@pytest.mark.parametrize(("as_of", "truth"), [(AS_OF - 1, False), (AS_OF, True), (AS_OF + DAY_MS - 1, True)])
def test_days_until_change_at_midnight(as_of: int, truth: Truth) -> None:
    assert judge(renewal(Within(high=30)), {RENEWAL: TODAY + 30}, as_of) is truth


def test_days_of_an_instant_are_rounded_down_also_before_1970() -> None:
    leaf = renewal(Within(1, 1), Reading.DAYS_SINCE, FieldKind.INSTANT)

    assert judge(leaf, {RENEWAL: -1}, 0) is True
    assert judge(leaf, {RENEWAL: -DAY_MS}, 0) is True
    assert judge(leaf, {RENEWAL: -DAY_MS - 1}, 0) is False


def test_a_list_compares_texts_exactly() -> None:
    assert judge(plan("completed"), {"plan.onboarding": "Completed"}, AS_OF) is False
    assert judge(plan("completed", negated=True), {"plan.onboarding": "Completed"}, AS_OF) is True


def test_an_empty_list_holds_for_no_value_and_is_unknown_without_one() -> None:
    assert judge(plan(), {"plan.onboarding": "active"}, AS_OF) is False
    assert judge(plan(), {}, AS_OF) is None


def test_an_interval_without_bounds_holds_for_every_value() -> None:
    assert judge(health(Within()), {"health.score": 0.0}, AS_OF) is True
    assert judge(health(Within()), {}, AS_OF) is None


@pytest.mark.parametrize(
    ("score", "since", "truth"),
    [
        (30.0, AS_OF - 7 * DAY_MS, True),
        (30.0, AS_OF - 7 * DAY_MS + 1, False),
        (30.0, None, None),
        (50.0, None, False),
        (None, AS_OF - 7 * DAY_MS, None),
    ],
)
def test_a_held_leaf_must_be_true_and_old_enough(score: float | None, since: int | None, truth: Truth) -> None:
    held = Held(health(Within(high=40.0, high_open=True)), 7 * DAY_MS)

    assert judge(held, {"health.score": score, held.since.key: since}, AS_OF) is truth


def test_the_list_of_a_day_count_is_met_on_the_day() -> None:
    leaf = renewal(OneOf((30, 60)))

    assert judge(leaf, {RENEWAL: TODAY + 60}, AS_OF) is True
    assert judge(leaf, {RENEWAL: TODAY + 59}, AS_OF) is False
