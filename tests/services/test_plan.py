"""What a plan says, beyond the golden ones, and that it changes nothing."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.services.planning.content import (
    Accounts,
    Existing,
    Meaning,
    Options,
    SegmentChange,
    SegmentPlan,
    Sense,
)
from lifecycle_fsm.services.planning.kept import list_plans, read_plan
from lifecycle_fsm.services.planning.plan import Plan, plan
from lifecycle_fsm.services.publish import NotPublished
from lifecycle_fsm.services.register import AccountRow
from tests.worlds import ADMIN, Stage, definitions

AT_ONCE = Options(Existing.EVALUATE)


def changed(*edits: tuple[str, str]) -> dict[str, bytes]:
    """The demo's definitions with texts of the mid-market segment replaced."""
    files = definitions("demo")
    text = files["segments/mid_market.yaml"].decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return {**files, "segments/mid_market.yaml": text.encode()}


def planned(stage: Stage, files: Mapping[str, bytes], options: Options = AT_ONCE) -> Plan:
    made = plan(stage.world, ADMIN, files, options)
    assert isinstance(made, Plan), made
    return made


def mid_market(made: Plan) -> SegmentPlan:
    return next(each for each in made.content.segments if each.segment == "mid_market")


def meaning(stage: Stage, *edits: tuple[str, str]) -> Meaning:
    (found,) = mid_market(planned(stage, changed(*edits))).meanings
    return found


def test_the_definitions_in_use_change_nothing(stage: Stage) -> None:
    made = planned(stage, definitions("demo"))

    assert made.content.changes_nothing
    assert {each.change for each in made.content.segments} == {SegmentChange.UNCHANGED}
    assert [each.parts for each in made.content.segments] == [(), (), ()]


def test_planning_leaves_accounts_and_definitions_as_they_are(stage: Stage) -> None:
    account = stage.sign(arr=30_000)
    before = stage.see(account).lifecycle

    made = planned(stage, changed(("expected: 14d", "expected: 10d")))

    assert stage.see(account).lifecycle == before
    assert made.content.base.machines != made.content.machines
    assert planned(stage, definitions("demo")).content.changes_nothing


def test_a_plan_is_named_by_what_it_says_and_can_be_read_again(stage: Stage) -> None:
    first = planned(stage, changed(("expected: 14d", "expected: 10d")))
    same = planned(stage, changed(("expected: 14d", "expected: 10d")))
    other = planned(stage, changed(("expected: 14d", "expected: 11d")))

    assert (first.digest == same.digest, first.digest == other.digest) == (True, False)
    assert read_plan(stage.world, ADMIN, first.digest).content == first.content
    assert {each.digest for each in list_plans(stage.world, ADMIN)} == {first.digest, other.digest}


def test_a_plan_of_somebody_else_has_another_name(stage: Stage) -> None:
    files = changed(("expected: 14d", "expected: 10d"))
    mine = planned(stage, files)

    theirs = plan(stage.world, Actor("eve", frozenset({Role.ADMIN})), files, AT_ONCE)

    assert isinstance(theirs, Plan)
    assert theirs.digest != mine.digest


def test_files_with_a_mistake_have_no_plan(stage: Stage) -> None:
    outcome = plan(stage.world, ADMIN, changed(("to: adoption", "to: adoptoin")), AT_ONCE)

    assert isinstance(outcome, NotPublished)
    assert "unknown-stage" in {each.code for each in outcome.diagnostics}


@pytest.mark.parametrize("mapping", [{"onboarding": "nowhere"}, {"onboarding": "adoption:later"}])
def test_a_landing_that_is_none_is_refused(stage: Stage, mapping: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        plan(stage.world, ADMIN, definitions("demo"), Options(Existing.EVALUATE, mapping))


def test_tighter_shows_an_account_that_is_lost(stage: Stage) -> None:
    found = meaning(stage, ("account.renewal_on, at_most: 90}", "account.renewal_on, at_most: 60}"))

    assert (found.key, found.sense, found.gained) == ("adoption.renewal_window", Sense.TIGHTER, None)
    assert found.lost is not None
    assert set(found.lost) == {"as_of", "fact.account.renewal_on"}


def test_looser_shows_an_account_that_is_gained(stage: Stage) -> None:
    found = meaning(stage, ("{measure: setup_completion, below: 50}", "{measure: setup_completion, below: 60}"))

    assert (found.key, found.sense, found.lost) == ("adoption.reimplement", Sense.LOOSER, None)
    assert found.gained is not None
    assert 50 <= float(found.gained["measure.setup_completion"]) < 60


def test_different_shows_one_of_each(stage: Stage) -> None:
    found = meaning(stage, ("{measure: setup_completion, below: 50}", "{measure: setup_completion, above: 40}"))

    assert found.sense is Sense.DIFFERENT
    assert found.gained is not None
    assert found.lost is not None


def test_what_is_only_written_otherwise_means_the_same(stage: Stage) -> None:
    found = meaning(
        stage,
        ("{measure: setup_completion, below: 50}", "{not: {measure: setup_completion, at_least: 50}}"),
    )

    assert (found.sense, found.gained, found.lost) == (Sense.SAME, None, None)
    assert (found.gained_from_unknown, found.lost_to_unknown) == (None, None)


def test_accounts_of_which_nothing_is_known_are_told_apart(stage: Stage) -> None:
    found = meaning(
        stage,
        (
            "{measure: setup_completion, below: 50}",
            "{any: [{measure: setup_completion, below: 50}, {measure: setup_completion, is_unknown: true}]}",
        ),
    )

    assert (found.sense, found.lost, found.lost_to_unknown) == (Sense.SAME, None, None)
    assert found.gained_from_unknown == {"measure.setup_completion": "unknown"}


def test_an_account_that_moves_anyway_is_not_the_plans_doing(stage: Stage) -> None:
    account = stage.sign(arr=30_000, renewal_on=400)
    stage.clock.turn(days=20)

    made = planned(stage, changed(("at_most: 90}", "at_most: 80}")))

    assert stage.see(account).lifecycle.stage == "new_customer"
    assert (mid_market(made).moves, mid_market(made).deeds) == ((), ())


def test_what_no_hot_row_holds_yet_is_decided_by_the_engine(stage: Stage) -> None:
    account = stage.sign(arr=30_000, renewal_on=400)
    open_ones = ("{ctas: {reason: kickoff, status: closed, outcome: success}", "{ctas: {reason: kickoff, status: open}")

    made = planned(stage, changed(open_ones))

    (move,) = mid_market(made).moves
    assert (move.stage, move.path, move.to_stage) == ("new_customer", ("kicked_off",), "onboarding")
    assert move.accounts == Accounts(1, (account,))


def test_another_time_zone_moves_those_for_whom_another_day_has_begun(stage: Stage) -> None:
    stage.clock.turn(hours=3)
    for key, days in (("NEAR", 91), ("FAR", 92)):
        renewal = (stage.clock() + timedelta(days=days)).date().isoformat()
        facts: dict[str, Outside] = {"account.status": "active", "account.arr": 30_000, "account.renewal_on": renewal}
        stage.register(AccountRow(key, key, "ada", facts=facts, stage="adoption"))
    kiritimati = ("initial: new_customer\n", "initial: new_customer\ntime_zone: Pacific/Kiritimati\n")

    found = mid_market(planned(stage, changed(kiritimati)))

    parts = [(each.part.value, [edit.path for edit in each.edits]) for each in found.parts]
    assert parts == [("segment", ["time_zone"])]
    assert {each.sense for each in found.meanings} == {Sense.NOT_DECIDED}
    assert [(each.path, each.accounts.number) for each in found.moves] == [(("renewal_window",), 1)]
