"""What a trigger does to a lifecycle, and what a refusal says."""

from datetime import timedelta

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.advance import carry_out
from lifecycle_fsm.engine.decide import available, decide, override
from lifecycle_fsm.engine.outcomes import Moved, Refused, Untriggered
from tests.builders import MONDAY, a_lifecycle, a_machine, a_transition, day, facts, health, reached, stage_age, usage

MACHINE = a_machine(
    a_transition("onboarded", "onboarding", "adoption", usage(60.0), "auto", "advance"),
    a_transition("stalled", "onboarding", "at_risk", usage(below=10.0), "auto", priority=10),
    a_transition("renewed", "adoption", "renewal", reached("first_value"), "renew"),
)


def test_moves_when_the_guard_is_true() -> None:
    outcome = decide(MACHINE, a_lifecycle("onboarding"), "advance", facts(usage=60), MONDAY)

    assert isinstance(outcome, Moved)
    assert (outcome.transition.key, outcome.transition.target) == ("onboarded", "adoption")
    assert outcome.verdict.truth is True


def test_refuses_when_the_measure_is_below_the_minimum() -> None:
    outcome = decide(MACHINE, a_lifecycle("onboarding"), "advance", facts(usage=55), MONDAY)

    assert isinstance(outcome, Refused)
    (judged,) = outcome.judged
    (leaf,) = judged.verdict.leaves()
    assert (leaf.truth, leaf.actual_value, leaf.distance) == (False, 55, 5)
    assert outcome.stage == "onboarding"


def test_refuses_when_the_measure_is_unknown() -> None:
    outcome = decide(MACHINE, a_lifecycle("onboarding"), "advance", facts(), MONDAY)

    assert isinstance(outcome, Refused)
    assert outcome.judged[0].verdict.truth is None


def test_names_the_triggers_that_the_stage_has() -> None:
    outcome = decide(MACHINE, a_lifecycle("adoption"), "advance", facts(), MONDAY)

    assert outcome == Untriggered("adoption", "advance", ("renew",))


def test_tries_the_transition_of_higher_priority_first() -> None:
    machine = a_machine(
        a_transition("slow", "a", "b", usage(0.0)),
        a_transition("fast", "a", "c", usage(0.0), priority=1),
    )

    outcome = decide(machine, a_lifecycle("a"), "auto", facts(usage=1), MONDAY)

    assert isinstance(outcome, Moved)
    assert outcome.transition.key == "fast"


def test_an_unknown_guard_does_not_stop_the_next() -> None:
    machine = a_machine(
        a_transition("unknown", "a", "b", usage(0.0), priority=1),
        a_transition("certain", "a", "c"),
    )

    outcome = decide(machine, a_lifecycle("a"), "auto", facts(), MONDAY)

    assert isinstance(outcome, Moved)
    assert outcome.transition.key == "certain"


def test_data_waits_for_the_dwell_but_a_person_does_not() -> None:
    machine = a_machine(
        a_transition("onboarded", "a", "b", usage(1.0), "auto", "advance", min_dwell_ms=86_400_000),
    )

    by_data = decide(machine, a_lifecycle("a"), "auto", facts(usage=1), day(0.5))
    by_person = decide(machine, a_lifecycle("a"), "advance", facts(usage=1), day(0.5))
    next_day = decide(machine, a_lifecycle("a"), "auto", facts(usage=1), day(1))

    assert isinstance(by_data, Refused)
    assert isinstance(by_person, Moved)
    assert isinstance(next_day, Moved)


def test_after_holds_back_everybody() -> None:
    machine = a_machine(a_transition("timed", "a", "b", usage(1.0), "advance", after_ms=86_400_000))

    early = decide(machine, a_lifecycle("a"), "advance", facts(usage=1), day(0.99))
    due = decide(machine, a_lifecycle("a"), "advance", facts(usage=1), day(1))

    assert isinstance(early, Refused)
    assert isinstance(due, Moved)


def test_an_override_takes_the_refused_transition_with_its_verdict() -> None:
    refused = decide(MACHINE, a_lifecycle("onboarding"), "advance", facts(usage=55), MONDAY)
    assert isinstance(refused, Refused)

    step = carry_out(MACHINE, a_lifecycle("onboarding"), override(MACHINE, refused), Cause.OVERRIDE, MONDAY)

    assert (step.kind, step.cause, step.lifecycle.stage) == (RecordKind.MOVED, Cause.OVERRIDE, "adoption")
    assert step.verdict is not None
    assert step.verdict.truth is False


def test_available_lists_every_way_out_with_its_answer() -> None:
    ways = available(MACHINE, a_lifecycle("onboarding"), facts(usage=5), MONDAY)

    assert [(way.transition.key, way.trigger, way.verdict.truth) for way in ways] == [
        ("stalled", "auto", True),
        ("onboarded", "auto", False),
        ("onboarded", "advance", False),
    ]


def test_available_tells_since_when_a_value_is_known_though_no_guard_asks() -> None:
    seen = to_ms(MONDAY - timedelta(days=9))

    ways = available(MACHINE, a_lifecycle("onboarding"), facts({"measure.usage@": seen}, usage=5), MONDAY)

    assert [leaf.observed_at_ms for way in ways for leaf in way.verdict.leaves()] == [seen, seen, seen]


def test_deciding_changes_nothing() -> None:
    lifecycle = a_lifecycle("onboarding")

    first = decide(MACHINE, lifecycle, "advance", facts(usage=60), MONDAY)
    second = decide(MACHINE, lifecycle, "advance", facts(usage=60), MONDAY)

    assert first == second
    assert lifecycle == a_lifecycle("onboarding")


def test_health_follows_the_measures() -> None:
    machine = a_machine(a_transition("up", "a", "b", health(75.0)))

    below = decide(machine, a_lifecycle("a"), "auto", facts(usage=49), MONDAY)
    at = decide(machine, a_lifecycle("a"), "auto", facts(usage=50), MONDAY)

    assert isinstance(below, Refused)
    assert isinstance(at, Moved)


def test_time_in_stage_says_when_it_will_be_enough() -> None:
    machine = a_machine(a_transition("up", "a", "b", stage_age(14)))

    outcome = decide(machine, a_lifecycle("a"), "auto", facts(), day(3))

    assert isinstance(outcome, Refused)
    (leaf,) = outcome.judged[0].verdict.leaves()
    assert (leaf.distance, leaf.passes_at_ms) == (11, int(day(14).timestamp() * 1000))
