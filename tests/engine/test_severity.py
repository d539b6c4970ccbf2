"""How grave an alert is: levels by data and by time, which only rise within an episode."""

from dataclasses import replace

from lifecycle_fsm.domain.cta import CtaOutcome, CtaStatus, Priority
from lifecycle_fsm.domain.effects import OpenCta
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.lifecycle import AlertState, Lifecycle
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.engine.machine import Alert, AlertLevel, Machine
from lifecycle_fsm.engine.outcomes import CtaEscalated, CtaOpened, CtaSuppressed, Evaluation, SeverityReached
from tests.builders import a_lifecycle, a_machine, a_transition, day, facts, reached, usage
from tests.engine.test_evaluate import RISK

DEEP = AlertLevel(AlertSeverity.HIGH, Priority.HIGH, usage(below=3.0))
LONG = AlertLevel(AlertSeverity.CRITICAL, Priority.HIGH, after_ms=7 * DAY_MS)


def watched(*levels: AlertLevel, severity: AlertSeverity = AlertSeverity.MEDIUM, closes: bool = True) -> Machine:
    """A machine whose alert `low` opens a CTA of medium priority below 5 and is over at 10."""
    alert = Alert(
        "low",
        "Low usage",
        ("a",),
        usage(below=5.0),
        usage(10.0),
        effects=(OpenCta("risk"),),
        closes=closes,
        severity=severity,
        levels=levels,
    )
    return a_machine(a_transition("go", "a", "b", reached("first_value")), alerts=(alert,), templates=(RISK,))


def on(machine: Machine, lifecycle: Lifecycle, known: Facts, days: float) -> Evaluation:
    """The evaluation so many days after the beginning."""
    return evaluate(machine, lifecycle, known, day(days))


def low(evaluation: Evaluation) -> AlertState:
    """Where the alert stands after an evaluation."""
    return evaluation.lifecycle.alerts["low"]


def test_a_level_by_data_raises_the_episode_and_its_cta_once() -> None:
    machine = watched(DEEP)
    opened = on(machine, a_lifecycle("a"), facts(usage=4), 1)

    deep = on(machine, opened.lifecycle, facts(usage=2), 2)
    again = on(machine, deep.lifecycle, facts(usage=2), 3)

    assert low(opened) == AlertState(1, day(1))
    assert [(step.kind, step.subject) for step in deep.steps] == [(RecordKind.ALERT_RAISED, "low")]
    assert deep.steps[0].done == (
        CtaEscalated("1.0", Priority.MEDIUM, Priority.HIGH),
        SeverityReached(AlertSeverity.MEDIUM, AlertSeverity.HIGH),
    )
    assert low(deep) == AlertState(1, day(1), None, AlertSeverity.HIGH, day(2))
    assert (again.steps, len(again.lifecycle.ctas)) == ((), 1)


def test_an_alert_opens_at_the_gravest_level_that_holds() -> None:
    machine = watched(DEEP, LONG)

    opened = on(machine, a_lifecycle("a"), facts(usage=1), 1)

    (step,) = opened.steps
    (cta,) = opened.lifecycle.ctas
    assert (step.kind, cta.priority) == (RecordKind.ALERT_OPENED, Priority.HIGH)
    assert step.done == (CtaOpened(cta), SeverityReached(None, AlertSeverity.HIGH))
    assert low(opened) == AlertState(1, day(1), severity=AlertSeverity.HIGH)


def test_severity_never_falls_back_within_an_episode_but_begins_anew_with_the_next() -> None:
    machine = watched(DEEP)
    deep = on(machine, a_lifecycle("a"), facts(usage=1), 1)

    better = on(machine, deep.lifecycle, facts(usage=4), 2)
    over = on(machine, better.lifecycle, facts(usage=12), 3)
    second = on(machine, over.lifecycle, facts(usage=4), 4)

    assert (better.steps, low(better).severity) == ((), AlertSeverity.HIGH)
    assert (low(over).severity, low(over).cleared_at) == (AlertSeverity.HIGH, day(3))
    assert low(second) == AlertState(2, day(4))


def test_a_level_by_time_is_reached_at_its_instant_and_not_before() -> None:
    machine = watched(LONG)
    opened = on(machine, a_lifecycle("a"), facts(usage=4), 1)

    before = on(machine, opened.lifecycle, facts(usage=4), 7.999)
    due = on(machine, before.lifecycle, facts(usage=4), 8)

    assert (opened.next_check_at, before.next_check_at) == (day(8), day(8))
    assert before.steps == ()
    assert [step.kind for step in due.steps] == [RecordKind.ALERT_RAISED]
    assert (low(due).severity, due.next_check_at) == (AlertSeverity.CRITICAL, None)


def test_a_level_with_both_waits_for_both() -> None:
    machine = watched(replace(LONG, when=usage(below=3.0)))
    opened = on(machine, a_lifecycle("a"), facts(usage=4), 1)

    long = on(machine, opened.lifecycle, facts(usage=4), 9)
    both = on(machine, long.lifecycle, facts(usage=2), 9.5)
    soon = on(machine, opened.lifecycle, facts(usage=2), 2)

    assert (long.steps, soon.steps) == ((), ())
    assert soon.next_check_at == day(8)
    assert low(both).severity is AlertSeverity.CRITICAL


def test_a_level_whose_condition_is_unknown_does_not_hold() -> None:
    machine = watched(DEEP)
    opened = on(machine, a_lifecycle("a"), facts(usage=4), 1)

    unknown = on(machine, opened.lifecycle, facts(), 2)

    assert (unknown.steps, low(unknown).is_on) == ((), True)


def test_an_alert_that_is_over_does_not_rise_on_its_way_out() -> None:
    machine = watched(LONG)
    opened = on(machine, a_lifecycle("a"), facts(usage=4), 1)

    over = on(machine, opened.lifecycle, facts(usage=12), 20)

    assert [step.kind for step in over.steps] == [RecordKind.ALERT_CLEARED]
    assert over.next_check_at is None


def test_a_rise_opens_the_cta_again_that_was_closed_meanwhile() -> None:
    machine = watched(DEEP)
    opened = on(machine, a_lifecycle("a"), facts(usage=4), 1).lifecycle
    (cta,) = opened.ctas
    closed = replace(cta, status=CtaStatus.CLOSED, outcome=CtaOutcome.SUCCESS, closed_at=day(2))

    deep = on(machine, opened.with_cta(closed), facts(usage=2), 3)

    assert [(each.status, each.priority) for each in deep.lifecycle.ctas] == [
        (CtaStatus.CLOSED, Priority.MEDIUM),
        (CtaStatus.NEW, Priority.HIGH),
    ]


def test_a_cta_left_open_by_an_earlier_episode_is_kept_or_escalated_visibly() -> None:
    machine = watched(DEEP, closes=False)
    first = on(machine, a_lifecycle("a"), facts(usage=4), 1)
    over = on(machine, first.lifecycle, facts(usage=12), 2)

    same = on(machine, over.lifecycle, facts(usage=4), 3)
    graver = on(machine, over.lifecycle, facts(usage=2), 3)

    (cta,) = over.lifecycle.ctas
    assert same.steps[0].done == (CtaSuppressed("risk", cta.identity, cta.cause_key, snoozed=False),)
    assert graver.steps[0].done == (
        CtaEscalated(cta.cause_key, Priority.MEDIUM, Priority.HIGH),
        SeverityReached(None, AlertSeverity.HIGH),
    )
    assert (low(same).episode, low(graver).episode) == (2, 2)
