"""Sentences for customer success managers; read them aloud."""

import pytest

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.moments import DAY_MS, HOUR_MS
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Known, Not, Reading, Within
from lifecycle_fsm.guards.wording import sentence, summary
from tests.guards.builders import AS_OF, TODAY, arr, health, kickoff, plan, renewal, risks, setup, stage_age, trained

SCORE = "health.score"
SETUP = "measure.setup_completion"
ENTERED = "stage.entered_at"
PLAN = "plan.onboarding"
TRAINED = "measure.trained"
RISKS = "ctas.type=risk,status=open"
RENEWAL = "fact.contract.renewal"
FORTNIGHT = Within(14 * DAY_MS)
LOW_FOR_A_WEEK = Held(health(Within(high=40.0, high_open=True)), 7 * DAY_MS)
SINCE = LOW_FOR_A_WEEK.since.key
OBSERVED_LONG_AGO: dict[str, Value] = {SETUP: 85.0, f"{SETUP}@": AS_OF - 45 * DAY_MS}


@pytest.mark.parametrize(
    ("guard", "row", "words"),
    [
        (health(Within(60.0)), {SCORE: 55.0}, "health score is 55, needs at least 60: 5 short"),
        (health(Within(60.0)), {SCORE: 60.0}, "health score is 60, as needed"),
        (health(Within(60.0, low_open=True)), {SCORE: 60.0}, "health score is 60, needs to be above 60"),
        (health(Within(40.0, 60.0)), {SCORE: 75.0}, "health score is 75, needs between 40 and 60: 15 over"),
        (setup(Within(80.0)), {}, "setup completion is not known, needs at least 80 %"),
        (
            setup(Within(80.0), 30 * DAY_MS),
            OBSERVED_LONG_AGO,
            "setup completion was last observed 45 d ago (85 %) and is stale, needs at least 80 %",
        ),
        (
            setup(Known(), 30 * DAY_MS),
            OBSERVED_LONG_AGO,
            "setup completion was last observed 45 d ago (85 %) and is stale, needs to be known",
        ),
        (setup(Known(expected=False)), {SETUP: 85.0}, "setup completion is known, must not be"),
        (trained(Within(1)), {TRAINED: 1.0}, "trained is yes, as needed"),
        (trained(Within(1)), {TRAINED: 0.0}, "trained is no, needs yes"),
        (trained(Within(high=1, high_open=True)), {TRAINED: 1.0}, "trained is yes, needs no"),
        (trained(Within(1, 1)), {}, "trained is not known, needs yes"),
        (trained(Within(0, 1)), {}, "trained is not known, needs no or yes"),
        (kickoff(), {}, "milestone Kickoff done is not reached"),
        (kickoff(), {"milestone.kickoff_done": 0}, "milestone Kickoff done is reached"),
        (plan("completed"), {}, "onboarding plan does not exist, needs to be completed"),
        (plan("completed"), {PLAN: "active"}, "onboarding plan is active, needs to be completed"),
        (plan("a", "b"), {PLAN: "active"}, "onboarding plan is active, needs to be one of a, b"),
        (plan("active", negated=True), {PLAN: "active"}, "onboarding plan is active, must not be"),
        (plan("a", "b", negated=True), {PLAN: "a"}, "onboarding plan is a, must not be one of a, b"),
        (
            arr(Within(100_000)),
            {"fact.account.arr": 80_000.5},
            "ARR is 80000.5 EUR, needs at least 100000 EUR: 19999.5 EUR short",
        ),
    ],
)
def test_a_sentence_says_what_was_found_and_what_is_needed(guard: Guard, row: dict[str, Value], words: str) -> None:
    assert said(guard, row) == words


@pytest.mark.parametrize(
    ("guard", "row", "words"),
    [
        (
            stage_age(FORTNIGHT),
            {ENTERED: AS_OF - 3 * DAY_MS},
            "time in stage is 3 d, needs at least 14 d: 11 d to go (on 2026-02-04)",
        ),
        (
            stage_age(FORTNIGHT),
            {ENTERED: AS_OF - 14 * DAY_MS + 3 * HOUR_MS},
            "time in stage is 13 d 21 h, needs at least 14 d: 3 h to go (on 2026-01-24)",
        ),
        (
            stage_age(Within(high=14 * DAY_MS)),
            {ENTERED: AS_OF - 20 * DAY_MS - 4 * HOUR_MS},
            "time in stage is 20 d 4 h, needs at most 14 d: 6 d 4 h over",
        ),
        (
            renewal(Within(high=30)),
            {RENEWAL: TODAY + 45},
            "days until renewal is 45 d, needs at most 30 d: 15 d to go (on 2026-02-08)",
        ),
        (renewal(Within(60)), {RENEWAL: TODAY + 45}, "days until renewal is 45 d, needs at least 60 d: 15 d short"),
        (
            renewal(Within(TODAY + 90), Reading.VALUE),
            {RENEWAL: TODAY + 45},
            "days until renewal is 2026-03-10, needs at least 2026-04-24: 45 d short",
        ),
    ],
)
def test_a_sentence_about_time_says_when_time_alone_will_do(guard: Guard, row: dict[str, Value], words: str) -> None:
    assert said(guard, row) == words


@pytest.mark.parametrize(
    ("guard", "row", "words"),
    [
        (health(Within(60.0)), {SCORE: 75.0}, "health score is 75, needs to be below 60: 15 over"),
        (health(Within(60.0)), {SCORE: 55.0}, "health score is 55, as needed"),
        (health(Within(60.0)), {}, "health score is not known, needs to be below 60"),
        (health(Within(40.0, 60.0)), {SCORE: 50.0}, "health score is 50, must not be between 40 and 60"),
        (risks(Within(1)), {RISKS: 2}, "open risk CTAs are 2, needs at most 0: 2 over"),
        (kickoff(), {"milestone.kickoff_done": 0}, "milestone Kickoff done is reached, must not be"),
        (kickoff(), {}, "milestone Kickoff done is not reached"),
        (plan("a", "b"), {PLAN: "a"}, "onboarding plan is a, must not be one of a, b"),
        (plan("a", "b", negated=True), {PLAN: "c"}, "onboarding plan is c, needs to be one of a, b"),
        (
            stage_age(FORTNIGHT),
            {ENTERED: AS_OF - 20 * DAY_MS},
            "time in stage is 20 d, needs to be below 14 d: 6 d over",
        ),
    ],
)
def test_below_a_not_a_sentence_asks_for_the_opposite(guard: Guard, row: dict[str, Value], words: str) -> None:
    assert said(Not(guard), row) == words


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({SCORE: 50.0}, "Health score is 50, needs to be below 40: 10 over."),
        ({SCORE: 30.0}, "How long health score below 40 has held is not known, needs 7 d."),
        (
            {SCORE: 30.0, SINCE: AS_OF - 3 * DAY_MS},
            "Health score below 40 has held for 3 d, needs 7 d: 4 d to go (on 2026-01-28).",
        ),
        ({SCORE: 30.0, SINCE: AS_OF - 9 * DAY_MS}, "The condition holds."),
    ],
)
def test_a_held_condition_names_the_half_that_lacks(row: dict[str, Value], words: str) -> None:
    assert summary(explain(LOW_FOR_A_WEEK, row, AS_OF)) == words


def test_a_held_condition_below_a_not_has_held_too_long() -> None:
    verdict = explain(Not(LOW_FOR_A_WEEK), {SCORE: 30.0, SINCE: AS_OF - 9 * DAY_MS}, AS_OF)

    assert summary(verdict) == "Health score below 40 has held for 9 d, must not hold for 7 d."


def test_a_summary_leaves_out_what_holds() -> None:
    guard = All((health(Within(60.0)), kickoff(), Not(risks(Within(1)))))

    verdict = explain(guard, {SCORE: 55.0, RISKS: 0}, AS_OF)

    assert summary(verdict) == (
        "Health score is 55, needs at least 60: 5 short. Milestone Kickoff done is not reached."
    )


def test_a_summary_offers_alternatives() -> None:
    verdict = explain(AnyOf((plan("completed"), setup(Within(80.0)))), {PLAN: "active"}, AS_OF)

    assert summary(verdict) == (
        "One of these is needed: onboarding plan is active, needs to be completed; "
        "or setup completion is not known, needs at least 80 %."
    )


def test_a_summary_of_a_count_says_how_many_lack() -> None:
    guard = AtLeastOf(3, (health(Within(60.0)), kickoff(), setup(Within(80.0)), plan("completed")))

    verdict = explain(guard, {SCORE: 60.0, SETUP: 75.0, PLAN: "active"}, AS_OF)

    assert summary(verdict) == (
        "2 of these are needed: milestone Kickoff done is not reached; or setup completion is 75 %, needs at "
        "least 80 %: 5 % short; or onboarding plan is active, needs to be completed."
    )


def test_a_summary_turns_an_all_below_a_not_into_alternatives() -> None:
    verdict = explain(Not(All((health(Within(60.0)), kickoff()))), {SCORE: 65.0, "milestone.kickoff_done": 0}, AS_OF)

    assert summary(verdict) == (
        "One of these is needed: health score is 65, needs to be below 60: 5 over; "
        "or milestone Kickoff done is reached, must not be."
    )


def test_a_summary_of_no_alternative_says_that_nothing_helps() -> None:
    assert summary(explain(AnyOf(()), {}, AS_OF)) == "Nothing can make the condition true."


def said(guard: Guard, row: dict[str, Value]) -> str:
    (leaf,) = explain(guard, row, AS_OF).leaves()
    return sentence(leaf)


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (24.197916666666664, "health score is 24.2, needs at least 60: 35.8 short"),
        (59.9996, "health score is 59.9996, needs at least 60: 0.0004 short"),
        (0.00001, "health score is 0.00001, needs at least 60: 60 short"),
    ],
)
def test_a_number_is_as_short_as_it_can_be_without_lying(score: float, said: str) -> None:
    (leaf,) = explain(health(Within(60.0)), {SCORE: score}, AS_OF).leaves()

    assert sentence(leaf) == said
