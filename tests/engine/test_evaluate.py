"""What data and time do to an account: moves, effects, pace, alerts, deadlines."""

from dataclasses import replace
from datetime import timedelta

from lifecycle_fsm.domain.calendars import BusinessDays, after
from lifecycle_fsm.domain.cta import CtaOutcome, CtaStatus, Priority
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.effects import CloseCtas, EscalateCta, OpenCta, ReachMilestone
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.engine.machine import Alert, Stage
from lifecycle_fsm.engine.outcomes import CtaClosed, CtaEscalated, CtaOpened, CtaSuppressed, MilestoneReached
from lifecycle_fsm.guards.model import Held
from tests.builders import (
    MONDAY,
    a_lifecycle,
    a_machine,
    a_template,
    a_transition,
    ctas,
    day,
    facts,
    reached,
    usage,
)

KICKOFF, PLAN, RISK = a_template("kickoff"), a_template("plan"), a_template("risk")


def test_moves_on_until_nothing_fires() -> None:
    machine = a_machine(
        a_transition("one", "a", "b"), a_transition("two", "b", "c"), a_transition("no", "c", "d", usage(1))
    )

    evaluation = evaluate(machine, a_lifecycle("a"), facts(usage=0), day(1))

    assert [(step.transition, step.from_stage, step.lifecycle.stage) for step in evaluation.steps] == [
        ("one", "a", "b"),
        ("two", "b", "c"),
    ]
    assert (evaluation.lifecycle.came_from, evaluation.lifecycle.revision) == ("b", 2)
    assert evaluation.lifecycle.visits == {"a": 1, "b": 1, "c": 1}


def test_enters_no_stage_twice_in_one_evaluation() -> None:
    machine = a_machine(a_transition("there", "a", "b"), a_transition("back", "b", "a"))

    evaluation = evaluate(machine, a_lifecycle("a"), facts(), day(1))

    assert [step.transition for step in evaluation.steps] == ["there"]


def test_effects_happen_on_leaving_then_acting_then_entering() -> None:
    stages = (
        Stage("a", "A", on_exit=(ReachMilestone("kickoff_done"),)),
        Stage("b", "B", on_enter=(OpenCta("plan"),)),
    )
    machine = a_machine(
        a_transition("go", "a", "b", effects=(OpenCta("kickoff"),)), stages=stages, templates=(KICKOFF, PLAN)
    )

    (step,) = evaluate(machine, a_lifecycle("a"), facts(), day(1)).steps

    reached_first, opened, entered = step.done
    assert reached_first == MilestoneReached("kickoff_done", day(1))
    assert isinstance(opened, CtaOpened)
    assert isinstance(entered, CtaOpened)
    assert (opened.cta.template, opened.cta.cause_key) == ("kickoff", "1.1")
    assert (entered.cta.template, entered.cta.cause_key) == ("plan", "1.2")
    assert (entered.cta.owner, entered.cta.due_at) == ("ada", day(15))


def test_an_account_without_a_csm_gives_its_ctas_to_the_fallback() -> None:
    machine = a_machine(a_transition("go", "a", "b", effects=(OpenCta("kickoff"),)), templates=(KICKOFF,))

    evaluation = evaluate(machine, a_lifecycle("a", csm=None), facts(), day(1))

    assert [cta.owner for cta in evaluation.lifecycle.ctas] == ["lead"]


def test_a_second_cta_of_the_same_identity_is_suppressed_and_said() -> None:
    machine = a_machine(
        a_transition("go", "a", "b", effects=(OpenCta("kickoff"),)),
        a_transition("on", "b", "c", effects=(OpenCta("kickoff"),)),
        templates=(KICKOFF,),
    )

    evaluation = evaluate(machine, a_lifecycle("a"), facts(), day(1))

    assert len(evaluation.lifecycle.ctas) == 1
    assert evaluation.steps[1].done == (CtaSuppressed("kickoff", "kickoff", "1.0", snoozed=False),)


def test_a_higher_priority_escalates_the_open_cta() -> None:
    machine = a_machine(
        a_transition("go", "a", "b", effects=(OpenCta("kickoff"),)),
        a_transition("on", "b", "c", effects=(EscalateCta("kickoff", Priority.HIGH),)),
        templates=(KICKOFF,),
    )

    evaluation = evaluate(machine, a_lifecycle("a"), facts(), day(1))

    assert evaluation.steps[1].done == (CtaEscalated("1.0", Priority.MEDIUM, Priority.HIGH),)
    assert [cta.priority for cta in evaluation.lifecycle.ctas] == [Priority.HIGH]


def test_closing_ctas_lets_the_next_transition_fire_at_once() -> None:
    close = CloseCtas(CtaSelector(templates=("kickoff",), status="open"), CtaOutcome.SUCCESS)
    machine = a_machine(
        a_transition("go", "a", "b", effects=(OpenCta("kickoff"),)),
        a_transition("done", "b", "c", usage(50.0), effects=(close,)),
        a_transition("chain", "c", "d", ctas("template=kickoff,status=closed,outcome=success")),
        templates=(KICKOFF,),
    )
    opened = evaluate(machine, a_lifecycle("a"), facts(usage=0), day(1)).lifecycle

    evaluation = evaluate(machine, opened, facts(usage=50), day(5))

    assert [step.transition for step in evaluation.steps] == ["done", "chain"]
    assert evaluation.steps[0].done == (CtaClosed("1.0", CtaOutcome.SUCCESS),)
    (cta,) = evaluation.lifecycle.ctas
    assert (cta.status, cta.outcome, cta.closed_at) == (CtaStatus.CLOSED, CtaOutcome.SUCCESS, day(5))


def test_falling_behind_opens_a_cta_and_getting_stuck_escalates_it() -> None:
    stage = Stage(
        "a",
        "A",
        expected=10 * DAY_MS,
        stuck=20 * DAY_MS,
        on_behind=(OpenCta("risk"),),
        on_stuck=(EscalateCta("risk", Priority.HIGH),),
    )
    machine = a_machine(a_transition("go", "a", "b", usage(1)), stages=(stage,), templates=(RISK,))

    on_track = evaluate(machine, a_lifecycle("a"), facts(usage=0), day(10))
    behind = evaluate(machine, on_track.lifecycle, facts(usage=0), day(10.5))
    again = evaluate(machine, behind.lifecycle, facts(usage=0), day(11))
    stuck = evaluate(machine, again.lifecycle, facts(usage=0), day(21))

    assert on_track.steps == ()
    assert on_track.next_check_at is not None
    assert (on_track.next_check_at - day(10)).total_seconds() == 0.001
    assert [(step.kind, step.subject) for step in behind.steps] == [(RecordKind.PACE_CHANGED, "behind")]
    assert again.steps == ()
    assert [cta.priority for cta in stuck.lifecycle.ctas] == [Priority.HIGH]
    assert stuck.lifecycle.noted_pace is Pace.STUCK


def test_a_limit_in_business_days_is_passed_after_so_many_worked_days() -> None:
    stage = Stage("a", "A", expected=BusinessDays(5), on_behind=(OpenCta("risk"),))
    machine = a_machine(a_transition("go", "a", "b", usage(1)), stages=(stage,), templates=(RISK,))
    entered = a_lifecycle("a")
    due = after(machine.workdays, entered.entered_at, BusinessDays(5))

    on_track = evaluate(machine, entered, facts(usage=0), due)
    behind = evaluate(machine, entered, facts(usage=0), due + timedelta(milliseconds=1))

    assert (due - entered.entered_at).days == 7
    assert (on_track.steps, on_track.next_check_at) == ((), due + timedelta(milliseconds=1))
    assert [step.subject for step in behind.steps] == ["behind"]


def test_a_late_look_at_a_stuck_account_still_carries_out_both_effects() -> None:
    stage = Stage(
        "a", "A", expected=DAY_MS, stuck=2 * DAY_MS, on_behind=(OpenCta("risk"),), on_stuck=(OpenCta("plan"),)
    )
    machine = a_machine(a_transition("go", "a", "b", usage(1)), stages=(stage,), templates=(RISK, PLAN))

    evaluation = evaluate(machine, a_lifecycle("a"), facts(), day(30))

    assert [step.subject for step in evaluation.steps] == ["behind", "stuck"]
    assert [cta.template for cta in evaluation.lifecycle.ctas] == ["risk", "plan"]


def test_an_alert_opens_once_and_closes_its_cta_when_it_clears() -> None:
    alert = Alert("low", "Low usage", ("a",), usage(below=5.0), usage(10.0), effects=(OpenCta("risk"),))
    machine = a_machine(a_transition("go", "a", "b", reached("first_value")), alerts=(alert,), templates=(RISK,))

    low = evaluate(machine, a_lifecycle("a"), facts(usage=4), day(1))
    between = evaluate(machine, low.lifecycle, facts(usage=7), day(2))
    recovered = evaluate(machine, between.lifecycle, facts(usage=10), day(3))

    assert [step.kind for step in low.steps] == [RecordKind.ALERT_OPENED]
    assert between.steps == ()
    assert [step.kind for step in recovered.steps] == [RecordKind.ALERT_CLEARED]
    assert [cta.outcome for cta in recovered.lifecycle.ctas] == [CtaOutcome.RECOVERED]


def test_a_cleared_alert_stays_silent_until_it_has_cooled_down() -> None:
    alert = Alert("low", "Low usage", (), usage(below=5.0), cool_down_ms=7 * DAY_MS, effects=(OpenCta("risk"),))
    machine = a_machine(a_transition("go", "a", "b", reached("first_value")), alerts=(alert,), templates=(RISK,))
    opened = evaluate(machine, a_lifecycle("a"), facts(usage=4), day(1))
    cleared = evaluate(machine, opened.lifecycle, facts(usage=6), day(2))

    silent = evaluate(machine, cleared.lifecycle, facts(usage=4), day(8.9))
    second = evaluate(machine, silent.lifecycle, facts(usage=4), day(9))

    assert silent.steps == ()
    assert silent.next_check_at == day(9)
    assert second.lifecycle.alerts["low"].episode == 2


def test_an_alert_of_another_stage_clears_when_the_account_moves_on() -> None:
    alert = Alert("low", "Low usage", ("a",), usage(below=5.0), effects=(OpenCta("risk"),))
    machine = a_machine(a_transition("go", "a", "b", reached("first_value")), alerts=(alert,), templates=(RISK,))
    opened = evaluate(machine, a_lifecycle("a"), facts(usage=4), day(1)).lifecycle

    evaluation = evaluate(machine, replace(opened, milestones={"first_value": day(2)}), facts(usage=4), day(2))

    assert [step.kind for step in evaluation.steps] == [RecordKind.MOVED, RecordKind.ALERT_CLEARED]


def test_a_condition_must_hold_without_a_break() -> None:
    machine = a_machine(a_transition("risk", "a", "b", Held(usage(below=5.0), 7 * DAY_MS)))
    low = evaluate(machine, a_lifecycle("a"), facts(usage=4), day(1))
    broken = evaluate(machine, low.lifecycle, facts(usage=6), day(6))
    low_again = evaluate(machine, broken.lifecycle, facts(usage=4), day(7))

    early = evaluate(machine, low_again.lifecycle, facts(usage=4), day(13.9))
    due = evaluate(machine, early.lifecycle, facts(usage=4), day(14))

    assert low.next_check_at == day(8)
    assert broken.lifecycle.held == {}
    assert early.steps == ()
    assert [step.transition for step in due.steps] == ["risk"]


def test_reports_the_transitions_that_unknown_holds_back() -> None:
    machine = a_machine(a_transition("go", "a", "b", usage(1.0)), a_transition("no", "a", "c", reached("first_value")))

    evaluation = evaluate(machine, a_lifecycle("a"), facts(), day(1))

    assert evaluation.held_by_unknown == ("go",)
    assert evaluation.next_check_at is None


def test_evaluating_twice_is_evaluating_once() -> None:
    machine = a_machine(a_transition("one", "a", "b", effects=(OpenCta("kickoff"),)), templates=(KICKOFF,))
    once = evaluate(machine, a_lifecycle("a"), facts(usage=3), MONDAY)

    twice = evaluate(machine, once.lifecycle, facts(usage=3), MONDAY)

    assert twice.steps == ()
    assert (twice.lifecycle, twice.row) == (once.lifecycle, once.row)
