"""A cycle that is reported is one that the engine goes round."""

from datetime import UTC, datetime, timedelta

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.definition.diagnostics import Severity
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.moments import to_day
from lifecycle_fsm.domain.scoring import rate
from lifecycle_fsm.engine.evaluate import evaluate
from tests.builders import a_lifecycle
from tests.definition.corpus import Case, broken, good

NEW_YEAR = datetime(2026, 1, 1, 12, tzinfo=UTC)


def case(name: str, cases: list[Case]) -> Case:
    return next(each for each in cases if each.name == name)


def stages_of(name: str, cases: list[Case], values: dict[str, Value]) -> list[str]:
    """Where an account of the case stands after each of six evaluations, a minute apart."""
    machine = compile_configuration(case(name, cases).files).drafts[name].machine
    lifecycle, stages = a_lifecycle("adoption", NEW_YEAR), []
    for minute in range(6):
        lifecycle = evaluate(machine, lifecycle, Facts(values), NEW_YEAR + timedelta(minutes=minute)).lifecycle
        stages.append(lifecycle.stage)
    return stages


def test_a_renewal_that_flaps_moves_the_account_at_every_evaluation() -> None:
    (found,) = compile_configuration(case("flapping_renewal", broken()).files).diagnostics

    assert found.code is Code.FLAPPING
    assert found.example == {"as_of": "2026-01-01T12:00Z", "fact.renewal_on": "2026-03-03"}
    renewal_on = to_day(datetime(2026, 3, 3, tzinfo=UTC).date())
    assert stages_of("flapping_renewal", broken(), {"fact.renewal_on": renewal_on}) == ["renewal", "adoption"] * 3


def test_a_cycle_of_three_goes_on_from_stage_to_stage() -> None:
    stages = stages_of("flapping_of_three", broken(), {"measure.setup": 85.0})

    assert stages == ["review", "renewal", "adoption", "review", "renewal", "adoption"]


def test_a_distance_between_the_two_dates_ends_it() -> None:
    renewal_on = to_day(datetime(2026, 3, 3, tzinfo=UTC).date())

    assert stages_of("hysteresis", good(), {"fact.renewal_on": renewal_on}) == ["renewal"] * 6


def test_a_cycle_that_asks_for_something_new_in_each_stage_is_none() -> None:
    names = ["cycle_by_stage_age", "cycle_limited_by_visits", "cycle_by_new_milestones", "cycle_stopped_by_priority"]

    found = [compile_configuration(case(name, good()).files).diagnostics for name in names]

    assert [Code.FLAPPING in {each.code for each in diagnostics} for diagnostics in found] == [False] * 4


def test_the_example_of_a_score_is_one_that_measures_can_have() -> None:
    (found,) = compile_configuration(case("flapping_by_health", broken()).files).diagnostics
    machine = compile_configuration(case("flapping_by_health", broken()).files).drafts["flapping_by_health"].machine

    assert found.example == {"health.band": "neutral", "health.score": 50.0}
    assert rate(machine.cards["adoption"], {"measure.setup": 50.0}, 0).score == 50.0


def test_a_score_that_a_stage_weighs_in_its_own_way_is_named_with_its_stage() -> None:
    (found,) = compile_configuration(case("flapping_by_stage_health", broken()).files).diagnostics

    assert found.example is not None
    assert set(found.example) == {"health.band", "health.score", "health.score in renewal"}


def test_a_cycle_that_waits_says_how_long_a_round_takes() -> None:
    found = {
        name: compile_configuration(case(name, cases).files).diagnostics[0]
        for name, cases in (("flapping_each_week", broken()), ("timed_cycle", good()))
    }

    told = {name: (each.code, each.severity, each.message.partition(", ")[2]) for name, each in found.items()}
    assert told == {
        "flapping_each_week": (
            Code.FLAPPING,
            Severity.WARNING,
            "each time in 7d: all these conditions can be true at once",
        ),
        "timed_cycle": (Code.FLAPPING, Severity.NOTE, "each time in 90d: all these conditions can be true at once"),
    }


def test_a_cycle_that_waits_while_dates_come_nearer_is_not_decided() -> None:
    (found,) = compile_configuration(case("flapping_by_dates_or_not", broken()).files).diagnostics

    assert (found.code, found.severity) == (Code.NOT_DECIDED, Severity.NOTE)
    assert found.message.startswith(
        "whether an account goes round adoption → renewal → adoption again and again, each time in 2d was not decided"
    )
