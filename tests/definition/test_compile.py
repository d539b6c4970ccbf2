"""A segment's text becomes the machine that it describes."""

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.calendars import BusinessDays
from lifecycle_fsm.domain.cta import CtaOutcome, CtaType, Priority
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.effects import CloseCtas, EscalateCta, OpenCta, ReachMilestone
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.engine.machine import ExpectedMilestone, Machine, TransitionKind
from lifecycle_fsm.guards.model import Held, Leaf, OneOf, Within
from tests.definition.samples import files


def sample() -> Machine:
    compiled = compile_configuration(files())
    assert {each.code for each in compiled.diagnostics} == {Code.UNUSED_NAME}
    assert compiled.configuration is not None
    return compiled.configuration.machines["enterprise"]


def test_a_stage_has_its_limits_milestones_and_effects() -> None:
    stage = sample().stages["onboarding"]

    assert (stage.title, stage.final) == ("Onboarding", False)
    assert (stage.expected, stage.stuck) == (60 * DAY_MS, 90 * DAY_MS)
    assert stage.milestones == (ExpectedMilestone("kickoff_done", BusinessDays(10)),)
    assert stage.on_enter == (OpenCta("kickoff_call"),)
    assert stage.on_exit == (CloseCtas(CtaSelector(types=(CtaType.LIFECYCLE,)), CtaOutcome.SUPERSEDED),)
    assert stage.on_behind == (OpenCta("stage_overdue"),)
    assert stage.on_stuck == (EscalateCta("stage_overdue", Priority.HIGH),)


def test_a_calendar_carries_the_holidays_of_its_country_as_dates() -> None:
    calendar = sample().workdays

    assert [day.value for day in calendar.working_days] == ["monday", "tuesday", "wednesday", "thursday", "friday"]
    assert len(calendar.holidays) == 2 * 9 + 1
    assert [str(each.on) for each in calendar.holidays if each.on.month == 12] == [
        "2025-12-25",
        "2025-12-26",
        "2026-12-24",
        "2026-12-25",
        "2026-12-26",
    ]


def test_a_transition_has_its_triggers_requirements_and_effects() -> None:
    onboarded = sample().exits["onboarding"][2]

    assert (onboarded.key, onboarded.target, onboarded.kind) == ("onboarded", "adoption", TransitionKind.ADVANCE)
    assert onboarded.triggers == ("auto", "advance")
    assert [leaf.subject.field.key for leaf in onboarded.requires] == [
        "milestone.kickoff_done",
        "milestone.first_value.since_entry",
    ]
    assert onboarded.min_dwell_ms == DAY_MS
    assert onboarded.effects == (OpenCta("adoption_plan"), ReachMilestone("onboarding_complete"))


def test_an_exit_from_everywhere_leaves_every_stage_that_is_not_final() -> None:
    churned = [transition for transition in sample().transitions if transition.key == "churned"]

    assert [transition.source for transition in churned] == ["onboarding", "adoption", "at_risk"]
    assert {transition.min_dwell_ms for transition in churned} == {0}
    assert isinstance(churned[0].when, Leaf)
    assert churned[0].when.test == OneOf(("churned",))


def test_for_holds_the_condition_for_a_time() -> None:
    at_risk = sample().exits["onboarding"][1]

    assert isinstance(at_risk.when, Held)
    assert (at_risk.when.leaf.test, at_risk.when.for_ms) == (Within(high=40.0, high_open=True), 7 * DAY_MS)


def test_a_stage_of_the_scorecard_changes_single_measures() -> None:
    scorecard = sample().scorecard

    assert [measure.key for measure in scorecard.for_stage("onboarding")] == ["setup_completion", "usage.wau_ratio"]
    assert [measure.key for measure in scorecard.for_stage("adoption")] == ["usage.wau_ratio", "usage.logins_30d"]


def test_a_machine_carries_only_the_vocabulary_that_it_uses() -> None:
    catalog = sample().catalog

    assert tuple(catalog.facts) == ("account.arr", "account.status")
    assert tuple(catalog.playbooks) == ("kickoff",)
    assert tuple(catalog.plans) == ()
