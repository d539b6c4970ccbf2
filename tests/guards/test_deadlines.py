"""The next instant at which time alone may change an answer."""

import pytest

from lifecycle_fsm.domain.fields import FieldKind, Value
from lifecycle_fsm.domain.moments import DAY_MS, HOUR_MS
from lifecycle_fsm.guards.deadlines import next_change
from lifecycle_fsm.guards.model import All, Guard, Held, Not, Reading, Within
from tests.guards.builders import AS_OF, TODAY, health, kickoff, renewal, setup, stage_age

ENTERED = "stage.entered_at"
RENEWAL = "fact.contract.renewal"
NOON = AS_OF + 12 * HOUR_MS
HELD = Held(health(Within(high=40.0)), 7 * DAY_MS)


@pytest.mark.parametrize(
    ("guard", "row", "instant"),
    [
        (stage_age(Within(DAY_MS)), {ENTERED: AS_OF}, AS_OF + DAY_MS),
        (stage_age(Within(DAY_MS, low_open=True)), {ENTERED: AS_OF}, AS_OF + DAY_MS + 1),
        (stage_age(Within(high=DAY_MS)), {ENTERED: AS_OF}, AS_OF + DAY_MS + 1),
        (stage_age(Within(high=DAY_MS, high_open=True)), {ENTERED: AS_OF}, AS_OF + DAY_MS),
        (stage_age(Within(DAY_MS)), {ENTERED: NOON - DAY_MS}, None),
        (stage_age(Within(DAY_MS)), {}, None),
        (renewal(Within(high=30)), {RENEWAL: TODAY + 31}, AS_OF + DAY_MS),
        (renewal(Within(30)), {RENEWAL: TODAY + 30}, AS_OF + DAY_MS),
        (renewal(Within(2), Reading.DAYS_SINCE, FieldKind.INSTANT), {RENEWAL: AS_OF - 1}, AS_OF + DAY_MS),
        (renewal(Within(2), Reading.DAYS_SINCE, FieldKind.INSTANT), {RENEWAL: AS_OF}, AS_OF + 2 * DAY_MS),
        (health(Within(60.0)), {"health.score": 55.0}, None),
        (kickoff(), {"milestone.kickoff_done": AS_OF}, None),
        (HELD, {"health.score": 30.0, HELD.since.key: AS_OF}, AS_OF + 7 * DAY_MS),
        (HELD, {"health.score": 30.0}, None),
    ],
)
def test_the_next_change_is_the_first_instant_of_the_other_answer(
    guard: Guard, row: dict[str, Value], instant: int | None
) -> None:
    assert next_change(guard, row, NOON) == instant


@pytest.mark.parametrize(("observed_at", "instant"), [(AS_OF, AS_OF + DAY_MS), (AS_OF - DAY_MS, None), (None, None)])
def test_a_value_that_gets_stale_is_a_change(observed_at: int | None, instant: int | None) -> None:
    leaf = setup(Within(80.0), stale_after_ms=DAY_MS)
    row: dict[str, Value] = {"measure.setup_completion": 90.0, "measure.setup_completion@": observed_at}

    assert next_change(leaf, row, NOON) == instant


def test_the_earliest_leaf_counts_also_below_a_not() -> None:
    guard = All((stage_age(Within(9 * DAY_MS)), Not(stage_age(Within(3 * DAY_MS)))))

    assert next_change(guard, {ENTERED: AS_OF}, NOON) == AS_OF + 3 * DAY_MS


def test_an_instant_beyond_the_calendar_is_never() -> None:
    assert next_change(stage_age(Within(999_999 * 7 * DAY_MS)), {ENTERED: AS_OF}, NOON) is None
