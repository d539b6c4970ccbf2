"""A person puts an account into another segment."""

from uuid import UUID

import pytest

from lifecycle_fsm.domain.errors import Forbidden, InvalidInput, MachineNotFound
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.landing import StageClock
from lifecycle_fsm.services.planning.assigning import AssignSegment, assign_segment
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.plan import Plan, plan
from tests.worlds import ADMIN, CSM, Stage, definitions


@pytest.fixture
def account(stage: Stage) -> UUID:
    """A tech-touch account in onboarding."""
    return stage.sign(arr=5_000)


def test_the_account_goes_on_in_the_stage_of_the_same_key_and_keeps_its_clock(stage: Stage, account: UUID) -> None:
    before = stage.see(account).lifecycle
    stage.clock.turn(days=3)

    done = assign_segment(stage.world, ADMIN, AssignSegment(account, "mid_market", "grew fast", "k1"))

    after = done.account.lifecycle
    assert (after.segment, after.stage, after.entered_at, after.by_hand) == (
        "mid_market",
        "onboarding",
        before.entered_at,
        True,
    )
    first = done.records[0]
    assert (first.kind, first.cause, first.actor, first.reason) == (
        RecordKind.REASSIGNED,
        Cause.PERSON,
        "root",
        "grew fast",
    )
    assert (first.subject, first.machine) == (before.machine, after.machine)
    assert stage.see(account).lifecycle.by_hand


def test_the_same_command_is_done_once(stage: Stage, account: UUID) -> None:
    wanted = AssignSegment(account, "mid_market", "grew fast", "k1")
    first = assign_segment(stage.world, ADMIN, wanted)

    again = assign_segment(stage.world, ADMIN, wanted)

    assert (again.replayed, again.records) == (True, first.records)
    assert again.account.lifecycle.revision == first.account.lifecycle.revision


def test_another_stage_and_a_new_clock_may_be_chosen(stage: Stage, account: UUID) -> None:
    stage.clock.turn(days=3)
    wanted = AssignSegment(account, "enterprise", "signed big", "k1", stage="kicked_off", clock=StageClock.RESTART)

    done = assign_segment(stage.world, ADMIN, wanted)

    assert (done.account.lifecycle.stage, done.account.lifecycle.entered_at) == ("kicked_off", stage.clock())


def test_a_rule_does_not_take_the_account_away_again(stage: Stage, account: UUID) -> None:
    assign_segment(stage.world, ADMIN, AssignSegment(account, "mid_market", "grew fast", "k1"))
    files = definitions("demo")
    wider = files["segments/tech_touch.yaml"].replace(b"account.arr, below: 20000", b"account.arr, below: 30000")

    made = plan(stage.world, ADMIN, {**files, "segments/tech_touch.yaml": wider}, Options(Existing.EVALUATE))

    assert isinstance(made, Plan)
    assert [each.arrivals for each in made.content.segments] == [(), (), ()]


def test_what_is_not_there_is_named(stage: Stage, account: UUID) -> None:
    with pytest.raises(MachineNotFound, match="there are: enterprise, mid_market, tech_touch"):
        assign_segment(stage.world, ADMIN, AssignSegment(account, "huge", "why not", "k1"))
    with pytest.raises(InvalidInput, match="has no stage 'moon'"):
        assign_segment(stage.world, ADMIN, AssignSegment(account, "enterprise", "why not", "k2", stage="moon"))
    with pytest.raises(Forbidden):
        assign_segment(stage.world, CSM, AssignSegment(account, "enterprise", "why not", "k3"))
    assert stage.see(account).lifecycle.segment == "tech_touch"
