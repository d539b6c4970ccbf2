"""Reasons, leaf by leaf."""

from dataclasses import replace

import pytest

from lifecycle_fsm.domain.fields import STAGE_ENTERED_AT, FieldKind, Value, observed_field
from lifecycle_fsm.domain.moments import DAY_MS, HOUR_MS
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.model import (
    All,
    AnyOf,
    AtLeastOf,
    Freshness,
    Guard,
    Held,
    Known,
    Leaf,
    Not,
    OneOf,
    Reading,
    SubjectKind,
    Within,
)
from lifecycle_fsm.guards.verdict import Gap, Join, LeafVerdict
from tests.guards.builders import AS_OF, TODAY, arr, health, kickoff, plan, renewal, risks, setup, stage_age

SETUP = "measure.setup_completion"
RENEWAL = "fact.contract.renewal"


def only(guard: Guard, row: dict[str, Value]) -> LeafVerdict:
    (leaf,) = explain(guard, row, AS_OF).leaves()
    return leaf


def test_a_leaf_tells_everything_that_it_found() -> None:
    leaf = setup(Within(80.0), stale_after_ms=30 * DAY_MS)
    row: dict[str, Value] = {SETUP: 55.1, f"{SETUP}@": AS_OF - DAY_MS}

    assert only(leaf, row) == LeafVerdict(
        path="",
        kind=SubjectKind.MEASURE,
        subject="setup completion",
        operator="at_least",
        required="at least 80 %",
        actual="55.1 %",
        actual_value=55.1,
        truth=False,
        gap=None,
        distance=24.9,
        unit="%",
        observed_at_ms=AS_OF - DAY_MS,
        passes_at_ms=None,
        leaf=leaf,
        age_ms=DAY_MS,
    )


def test_paths_name_the_joins_on_the_way() -> None:
    held = Held(health(Within(high=40.0)), DAY_MS)
    guard = All((kickoff(), Not(risks(Within(1))), AnyOf((held, AtLeastOf(1, (plan("completed"),))))))

    verdict = explain(guard, {}, AS_OF)

    assert [leaf.path for leaf in verdict.leaves()] == [
        "all.0",
        "all.1.not",
        "all.2.any.0.held",
        "all.2.any.0.held_for",
        "all.2.any.1.at_least_of.0",
    ]


def test_joins_keep_their_parts_and_their_answers() -> None:
    verdict = explain(All((health(Within(60.0)), AtLeastOf(2, (kickoff(), kickoff())))), {"health.score": 60.0}, AS_OF)

    assert (verdict.truth, verdict.join, verdict.needed) == (False, Join.ALL, None)
    assert [part.truth for part in verdict.parts] == [True, False]
    assert (verdict.parts[1].join, verdict.parts[1].needed) == (Join.AT_LEAST_OF, 2)


def test_a_missing_value_has_a_gap_and_no_distance() -> None:
    leaf = only(setup(Within(80.0)), {})

    assert (leaf.truth, leaf.gap, leaf.actual, leaf.distance) == (None, Gap.MISSING, None, None)


def test_a_stale_value_is_shown_as_it_was_last_observed() -> None:
    leaf = only(setup(Within(80.0), stale_after_ms=DAY_MS), {SETUP: 85.0, f"{SETUP}@": AS_OF - 45 * DAY_MS})

    assert (leaf.truth, leaf.gap, leaf.actual, leaf.age_ms) == (None, Gap.STALE, "85 %", 45 * DAY_MS)


def test_a_milestone_that_is_not_reached_is_no_gap() -> None:
    leaf = only(kickoff(), {})

    assert (leaf.truth, leaf.gap, leaf.operator, leaf.required) == (False, None, "reached", "reached")


def test_time_in_stage_says_when_it_will_pass() -> None:
    leaf = only(stage_age(Within(14 * DAY_MS)), {"stage.entered_at": AS_OF - 3 * DAY_MS - 4 * HOUR_MS})

    assert (leaf.actual, leaf.required, leaf.unit) == ("3 d 4 h", "at least 14 d", "d")
    assert leaf.actual_value == 3 * DAY_MS + 4 * HOUR_MS
    assert leaf.distance == 11 - 4 / 24
    assert leaf.passes_at_ms == AS_OF + 10 * DAY_MS + 20 * HOUR_MS


def test_an_open_bound_on_time_passes_a_millisecond_later() -> None:
    leaf = only(stage_age(Within(DAY_MS, low_open=True)), {"stage.entered_at": AS_OF - DAY_MS})

    assert (leaf.truth, leaf.distance, leaf.passes_at_ms) == (False, 0.0, AS_OF + 1)


@pytest.mark.parametrize(
    ("leaf", "stored", "passes_at"),
    [
        (renewal(Within(high=30)), TODAY + 45, AS_OF + 15 * DAY_MS),
        (renewal(Within(60)), TODAY + 45, None),
        (renewal(Within(0, 30)), TODAY - 1, None),
        (renewal(Within(high=30)), TODAY + 30, None),
        (renewal(Within(3), Reading.DAYS_SINCE), TODAY, AS_OF + 3 * DAY_MS),
        (renewal(OneOf((30, 60))), TODAY + 70, AS_OF + 10 * DAY_MS),
        (renewal(Within(3), Reading.DAYS_SINCE, FieldKind.INSTANT), AS_OF + HOUR_MS, AS_OF + 3 * DAY_MS),
        (renewal(Within(TODAY + 90), Reading.VALUE), TODAY, None),
    ],
)
def test_days_say_when_time_alone_makes_them_true(leaf: Leaf, stored: int, passes_at: int | None) -> None:
    assert only(leaf, {RENEWAL: stored}).passes_at_ms == passes_at


def test_a_value_becomes_unknown_when_it_gets_stale() -> None:
    leaf = setup(Known(expected=False), stale_after_ms=30 * DAY_MS)

    found = only(leaf, {SETUP: 85.0, f"{SETUP}@": AS_OF - DAY_MS})

    assert (found.truth, found.passes_at_ms) == (False, AS_OF + 29 * DAY_MS)


def test_a_value_that_is_stale_before_it_would_pass_never_passes() -> None:
    subject = replace(stage_age(Within()).subject, freshness=Freshness(observed_field(STAGE_ENTERED_AT), DAY_MS))
    row: dict[str, Value] = {"stage.entered_at": AS_OF, "stage.entered_at@": AS_OF}

    assert only(Leaf(subject, Within(DAY_MS)), row).passes_at_ms is None
    assert only(Leaf(subject, Within(DAY_MS - 1)), row).passes_at_ms == AS_OF + DAY_MS - 1


def test_the_time_that_a_leaf_must_hold_is_a_leaf_of_its_own() -> None:
    held = Held(health(Within(high=40.0, high_open=True)), 7 * DAY_MS)
    verdict = explain(held, {"health.score": 30.0, held.since.key: AS_OF - 3 * DAY_MS}, AS_OF)

    now, age = verdict.leaves()

    assert (verdict.join, verdict.truth, now.truth) == (Join.HELD, False, True)
    assert (age.subject, age.operator, age.required) == ("health score below 40", "held_for", "for 7 d")
    assert (age.actual, age.distance, age.passes_at_ms) == ("3 d", 4.0, AS_OF + 4 * DAY_MS)


@pytest.mark.parametrize(
    ("leaf", "operator", "required"),
    [
        (arr(Within(100_000, low_open=True)), "above", "above 100000 EUR"),
        (arr(Within(high=0.5)), "at_most", "at most 0.5 EUR"),
        (arr(Within(high=0.5, high_open=True)), "below", "below 0.5 EUR"),
        (arr(Within(1, 2)), "between", "between 1 EUR and 2 EUR"),
        (arr(Within(1, 2, high_open=True)), "between", "at least 1 EUR and below 2 EUR"),
        (risks(Within(3, 3)), "is", "3"),
        (plan("completed"), "is", "completed"),
        (plan("completed", negated=True), "is_not", "not completed"),
        (plan("completed", "closed"), "in", "one of completed, closed"),
        (plan("completed", "closed", negated=True), "not_in", "none of completed, closed"),
        (kickoff(Known(expected=False)), "not_reached", "not reached"),
        (setup(Known()), "is_known", "known"),
        (setup(Known(expected=False)), "is_unknown", "not known"),
        (renewal(Within(high=30)), "at_most", "at most 30 d"),
        (renewal(Within(TODAY), Reading.VALUE), "at_least", "at least 2026-01-24"),
    ],
)
def test_requirements_are_worded_with_units(leaf: Leaf, operator: str, required: str) -> None:
    found = only(leaf, {})

    assert (found.operator, found.required) == (operator, required)


@pytest.mark.parametrize(
    ("leaf", "value", "distance"),
    [
        (health(Within(60.0)), 55.1, 4.9),
        (health(Within(60.0)), 60.0, 0.0),
        (health(Within(60.0, low_open=True)), 60.0, 0.0),
        (health(Within(high=60.0)), 75.5, 15.5),
    ],
)
def test_the_distance_of_a_number_is_what_is_missing(leaf: Leaf, value: float, distance: float) -> None:
    assert only(leaf, {"health.score": value}).distance == distance


def test_a_count_must_get_past_an_open_bound() -> None:
    assert only(risks(Within(3, low_open=True)), {"ctas.type=risk,status=open": 3}).distance == 1.0


def test_a_text_has_no_distance() -> None:
    assert only(plan("completed"), {"plan.onboarding": "active"}).distance is None
    assert only(plan("completed"), {"plan.onboarding": "completed"}).distance is None
