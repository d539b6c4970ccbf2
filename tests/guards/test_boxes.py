"""Whether guards can be true, on guards that people write."""

from lifecycle_fsm.domain.fields import HEALTH_BAND, FieldKind, Value, ctas_field, fresh_milestone_field
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.boxes.answers import Answer, NotDecided, Satisfiable, Unsatisfiable
from lifecycle_fsm.guards.boxes.limits import AROUND_MS, Limit, Limits
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.boxes.questions import Asked, difference, implies, overlap, satisfiable, together
from lifecycle_fsm.guards.model import (
    All,
    AnyOf,
    AtLeastOf,
    Known,
    Leaf,
    Not,
    OneOf,
    Reading,
    Subject,
    SubjectKind,
    Within,
)
from tests.guards.builders import health, kickoff, plan, renewal, risks, setup, stage_age


def example(answer: Answer) -> dict[str, Value]:
    assert isinstance(answer, Satisfiable)
    return dict(answer.example.row)


def core(answer: Answer) -> tuple[str, ...]:
    assert isinstance(answer, Unsatisfiable)
    return tuple(placed.path for placed in answer.core)


def band(*values: str) -> Leaf:
    subject = Subject(SubjectKind.HEALTH, HEALTH_BAND, Reading.VALUE, "band", None, (("health", "band"),))
    return Leaf(subject, OneOf(values))


def ctas(selector: str, test: Within) -> Leaf:
    subject = Subject(SubjectKind.CTAS, ctas_field(selector), Reading.VALUE, "CTAs", None, (("ctas", selector),))
    return Leaf(subject, test)


def fresh_kickoff() -> Leaf:
    field, written = fresh_milestone_field("kickoff_done"), (("milestone", "kickoff_done"), ("since", "stage_entry"))
    return Leaf(Subject(SubjectKind.MILESTONE, field, Reading.VALUE, "kickoff", None, written), Known())


def test_an_example_has_the_numbers_that_people_would_choose() -> None:
    guard = All((health(Within(60)), setup(Within(high=40, high_open=True)), risks(Within(high=2))))

    assert example(satisfiable(guard, Limits({"measure.setup_completion": Limit(0, 100)}))) == {
        "ctas.type=risk,status=open": 0,
        "health.band": "neutral",
        "health.score": 60.0,
        "measure.setup_completion": 39.0,
    }


def test_an_example_is_dated_and_keeps_counts_that_nothing_asks_for() -> None:
    answer = satisfiable(AnyOf((stage_age(Within(14 * DAY_MS)), risks(Within(1)))))

    assert isinstance(answer, Satisfiable)
    assert answer.example.as_of_ms == AROUND_MS
    assert answer.example.row == {"ctas.type=risk,status=open": 0, "stage.entered_at": AROUND_MS - 14 * DAY_MS}


def test_the_core_names_only_the_leaves_that_contradict_each_other() -> None:
    guard = All(
        (kickoff(), health(Within(60)), AnyOf((health(Within(high=40)), setup(Within(1)))), setup(Within(high=0)))
    )

    assert core(satisfiable(guard)) == ("all.1", "all.2.any.0", "all.2.any.1", "all.3")


def test_the_core_of_a_leaf_beyond_its_limit_is_the_leaf() -> None:
    assert core(satisfiable(health(Within(101)))) == ("",)


def test_unknown_is_neither_true_nor_false() -> None:
    guard = Not(setup(Within(50), stale_after_ms=DAY_MS))

    assert example(together([Asked(guard, Want.UNKNOWN)])) == {"measure.setup_completion": None}


def test_a_value_must_be_fresh_to_be_true() -> None:
    fresh, ever = setup(Within(50), stale_after_ms=DAY_MS), setup(Known())

    answer = difference(ever, fresh, want=Want.UNKNOWN)

    assert implies(fresh, ever) is True
    assert example(answer)["measure.setup_completion@"] == AROUND_MS - DAY_MS


def test_the_band_is_that_of_the_score() -> None:
    assert core(overlap(health(Within(80)), band("neutral", "at_risk"))) == ("", "")
    assert implies(health(Within(75)), band("healthy")) is True
    assert implies(band("healthy", "neutral"), health(Within(50))) is True


def test_days_until_and_days_since_are_one_date() -> None:
    soon = renewal(Within(0, 90))
    long_ago = renewal(Within(1), Reading.DAYS_SINCE)

    assert core(overlap(soon, long_ago)) == ("", "")


def test_elapsed_time_and_days_are_one_instant() -> None:
    hours = renewal(Within(30 * 3_600_000), Reading.ELAPSED, FieldKind.INSTANT)
    today = renewal(Within(0, 0), Reading.DAYS_SINCE, FieldKind.INSTANT)

    assert core(overlap(hours, today)) == ("", "")


def test_a_milestone_since_stage_entry_is_the_milestone() -> None:
    assert implies(fresh_kickoff(), kickoff()) is True
    assert example(difference(kickoff(), fresh_kickoff(), want=Want.FALSE)) == {
        "milestone.kickoff_done": AROUND_MS - 1,
        "milestone.kickoff_done.since_entry": None,
        "stage.entered_at": AROUND_MS,
    }


def test_a_wider_choice_of_ctas_counts_at_least_as_many() -> None:
    assert implies(ctas("type=risk,status=open", Within(2)), ctas("type=risk", Within(2))) is True
    assert implies(ctas("type=risk,outcome=success", Within(1)), ctas("status=closed", Within(1))) is True
    assert implies(ctas("type=risk", Within(2)), ctas("type=risk,status=open", Within(2))) is False
    assert implies(ctas("status=closed,since=stage_entry", Within(1)), ctas("since=stage_entry", Within(1))) is False
    assert implies(ctas("reason=habits", Within(1)), ctas("reason=habits|support", Within(1))) is True
    assert implies(ctas("reason=habits|support", Within(1)), ctas("reason=habits", Within(1))) is False
    assert implies(ctas("opened_within=7d", Within(2)), ctas("opened_within=30d", Within(2))) is True
    assert implies(ctas("status=open", Within(3)), ctas("open_or_opened_within=7d", Within(3))) is True


def test_texts_are_exclusive() -> None:
    assert isinstance(overlap(plan("completed"), plan("active", "draft")), Unsatisfiable)
    assert implies(plan("completed"), plan("active", negated=True)) is True


def test_texts_end_where_their_list_does() -> None:
    guard = plan("draft", "active", "completed", negated=True)

    assert example(satisfiable(guard)) == {"plan.onboarding": "abandoned"}
    assert core(satisfiable(All((guard, plan("abandoned", negated=True))))) == ("all.0", "all.1")


def test_two_of_three_imply_one_of_three() -> None:
    parts = (health(Within(60)), kickoff(), setup(Within(50)))

    assert implies(AtLeastOf(2, parts), AnyOf(parts)) is True
    assert implies(AnyOf(parts), AtLeastOf(2, parts)) is False


def test_a_question_that_needs_too_many_boxes_is_not_decided() -> None:
    pairs = tuple(AnyOf((setup(Within(low, low + 0.5)), setup(Within(low + 1)))) for low in range(12))
    guard = All((*pairs, setup(Within(high=-1))))

    assert satisfiable(All(pairs), cap=3) == NotDecided(3)
    assert implies(All(pairs), kickoff(), cap=3) is None
    assert isinstance(satisfiable(guard), Unsatisfiable)
