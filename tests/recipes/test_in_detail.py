"""What the recipes promise beside one account that fires and one that rests."""

from itertools import product

import pytest

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.cta import Priority
from lifecycle_fsm.domain.cta_work import EditCta
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.services.browse import tasks_of
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from tests.recipes import onboarding, renewal, risk, usage
from tests.recipes.scenes import Scene
from tests.worlds import ADMIN, FEED, definitions


def value_of(scene: Scene, measure: str) -> float | None:
    """What a measure of the scorecard is worth now."""
    parts = scene.see().explained_health[1].contributions
    return next(part.value for part in parts if part.measure.key == measure)


def test_r02_writes_account_milestone_and_cta_in_one_transaction(scene: Scene) -> None:
    scene.sign("onboarding", opportunity__stage="won", people__admin="ann", people__champion="cho")

    placed, moved = scene.history()
    assert (placed.kind, moved.kind) == (RecordKind.ASSIGNED, RecordKind.MOVED)
    assert (placed.run_id, placed.recorded_at) == (moved.run_id, moved.recorded_at)
    assert [effect["did"] for effect in moved.effects] == ["milestone_reached", "cta_opened"]


def test_r04_is_one_story_with_the_closing_that_it_follows(scene: Scene) -> None:
    onboarding.in_onboarding(scene)

    closed, moved = scene.history()[-2:]
    assert (closed.kind, moved.kind) == (RecordKind.CTA_CLOSED, RecordKind.MOVED)
    assert closed.command_id is not None
    assert closed.recorded_at == moved.recorded_at


def test_r07_is_green_yellow_and_red(scene: Scene) -> None:
    onboarding.customer(scene)
    green = value_of(scene, "launch")
    scene.days(90)
    yellow = value_of(scene, "launch")
    scene.work("delayed_onboarding", EditCta(flagged=True))
    red = value_of(scene, "launch")
    scene.close("delayed_onboarding")

    assert (green, yellow, red, value_of(scene, "launch")) == (100, 60, 0, 100)


def test_r10_has_its_four_tasks_on_their_days(scene: Scene) -> None:
    scene.sign("onboarding", account__status="active", account__contract_start=0, people__champion="cho")

    opened = scene.cta("no_admin")
    assert opened.id is not None
    (tasks,) = tasks_of(scene.stage.world, ADMIN, [(scene.account, opened.id)]).values()
    days = {each.task.key: (each.task.due_at - opened.opened_at).days for each in tasks if each.task.due_at is not None}
    assert days == {"ask_sales": 1, "ask_sponsor": 2, "flag": 5, "close": 14}


def test_r13_gives_the_time_to_first_value(scene: Scene) -> None:
    onboarding.customer(scene).days(20).measure(license_utilisation=10)

    milestones = scene.see().lifecycle.milestones
    assert (milestones["first_value"] - milestones["new_customer_signed"]).days == 20


RED, YELLOW, GREEN = 0, 60, 100

MATRIX = {
    9.9: (RED, RED, RED),
    10: (YELLOW, RED, RED),
    50: (YELLOW, RED, RED),
    51: (GREEN, YELLOW, RED),
    75: (GREEN, YELLOW, RED),
    76: (GREEN, GREEN, GREEN),
}
"""By utilisation, for a contract of 2 to 6, of 6 to 9, and of more than 9 months."""

AGES = ((61, 182), (183, 273), (274, 500))


def test_r20_is_the_whole_matrix(scene: Scene) -> None:
    usage.adopting(scene)
    found, age = {}, 0
    for days in (day for ages in AGES for day in ages):
        scene.days(days - age)
        age = days
        for utilisation in MATRIX:
            scene.measure(license_utilisation=utilisation)
            found[utilisation, days] = value_of(scene, "license_matrix")

    columns = [(column, day) for column, ages in enumerate(AGES) for day in ages]
    assert found == {(row, day): MATRIX[row][column] for row, (column, day) in product(MATRIX, columns)}


def test_r20_says_nothing_in_the_first_two_months(scene: Scene) -> None:
    usage.adopting(scene).measure(license_utilisation=5).days(60)
    before = value_of(scene, "license_matrix")

    assert (before, value_of(scene.days(1), "license_matrix")) == (None, RED)


def test_r23_makes_the_same_cta_more_urgent(scene: Scene) -> None:
    risk.scored(scene, 90, 75)
    yellow = scene.cta("health_dropped")
    scene.measure(overall=65)
    red = scene.cta("health_dropped")

    assert (yellow.id, yellow.priority, red.priority) == (red.id, Priority.MEDIUM, Priority.HIGH)


@pytest.mark.parametrize("drop", [0, 5, 14, 14.9])
def test_r23_opens_nothing_for_a_smaller_drop(scene: Scene, drop: float) -> None:
    risk.scored(scene, 90, 90 - drop)

    assert scene.open() == {}


def test_r26_keeps_a_cta_for_each_ticket(scene: Scene) -> None:
    risk.adopting(scene).know(ticket__number="T-1", ticket__priority="high", ticket__tag="verified_bug")
    scene.know(ticket__tag="none").know(ticket__number="T-2").know(ticket__tag="verified_bug")

    subjects = [(cta.subject, cta.is_open) for cta in scene.see().lifecycle.ctas]
    assert subjects == [("ticket:T-1", False), ("ticket:T-2", True)]


def test_r29_forgets_an_answer_after_180_days(scene: Scene) -> None:
    risk.adopting(scene).measure(sentiment__exec_nps=3).days(180)

    assert scene.why_not("r29_exec_nps_180d") == (
        "Answer of the executive sponsor was last observed 180 d ago (3 points) and is stale, needs at most 6 points."
    )


def test_r33_takes_no_monitor_at_three_months(scene: Scene) -> None:
    renewal.before_renewal(scene, 91, 70)
    row = FactRow(scene.account, "monitor", fact="renewal_risk.csm_3m")

    taken = record_facts(scene.stage.world, FEED, RecordFacts((row,), "test", "monitor"))

    assert [each.message for each in taken.rows] == [
        "fact 'renewal_risk.csm_3m' is 'monitor'; expected one of good, at_risk"
    ]
    assert scene.see().lifecycle.stage == "checkpoint_3m"


def test_r33_goes_through_both_checkpoints(scene: Scene) -> None:
    renewal.before_renewal(scene, 183, 80).know(renewal_risk__csm_6m="good").days(92).know(renewal_risk__csm_3m="good")

    assert [row.to_stage for row in scene.history() if row.kind is RecordKind.MOVED] == [
        "checkpoint_6m",
        "confirmed_6m",
        "checkpoint_3m",
        "confirmed_3m",
    ]


R35_AGAINST_ITS_WORDS = b"    when: {days_until: account.renewal_on, at_most: -60}\n"


def test_r35_reports_a_guard_that_reads_against_its_words() -> None:
    files = definitions("recipes")
    text = files["segments/renewal.yaml"]
    right = b"alerts:\n"
    wrong = b"alerts:\n  r35_caution:\n    title: Renewal within 60 days\n" + R35_AGAINST_ITS_WORDS
    files["segments/renewal.yaml"] = text.replace(right, wrong + b"    open_cta: renewal\n", 1)

    (found,) = (each for each in compile_configuration(files).diagnostics if each.code == "date-direction")

    assert found.severity == "warning"
    assert found.message == (
        "this is never true before the day itself, so it reads against its words; write `days_since`"
    )


@pytest.mark.parametrize("stage", ["onboarding", "adoption", "renewal"])
def test_r36_leaves_every_stage_and_fails_what_was_open(scene: Scene, stage: str) -> None:
    (renewal.onboarding if stage == "onboarding" else renewal.adopting)(scene, 80 if stage == "renewal" else 365)
    before = scene.see().lifecycle.stage

    scene.know(account__status="churned")

    view = scene.see()
    closed = {cta.template: (cta.outcome, cta.is_open) for cta in view.lifecycle.ctas}
    last = {"onboarding": "onboarding", "adoption": "onboarding", "renewal": "renewal"}[stage]
    assert (before, view.lifecycle.stage) == (stage, "churned")
    assert closed[last] == ("success" if stage == "adoption" else "invalid", False)
    assert view.machine is not None
    assert {way.kind for way in view.machine.transitions if way.target == "churned"} == {"exit"}


def test_r37_escalates_the_same_cta(scene: Scene) -> None:
    renewal.onboarding(scene).days(22)
    behind, opened = scene.see().pace, scene.cta("stage_overdue")
    scene.days(24)
    stuck, escalated = scene.see().pace, scene.cta("stage_overdue")

    assert (behind, stuck) == (Pace.BEHIND, Pace.STUCK)
    assert (opened.id, opened.priority, escalated.priority) == (escalated.id, Priority.MEDIUM, Priority.HIGH)
    assert len([cta for cta in scene.see().lifecycle.ctas if cta.template == "stage_overdue"]) == 1
