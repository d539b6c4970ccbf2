"""People date milestones, close CTAs and finish plans; what waited for it happens at once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from lifecycle_fsm.domain.cta import CtaOutcome, CtaStatus
from lifecycle_fsm.domain.errors import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.services.ctas import CloseCta, CtaAlreadyClosed, CtaEnded, CtaMissing, close_cta
from lifecycle_fsm.services.milestones import MilestoneDated, MilestoneUnknown, ReachMilestone, reach_milestone
from lifecycle_fsm.services.plans import ChangePlan, change_plan
from tests.worlds import CSM, VIEWER, Stage


@pytest.fixture
def account(stage: Stage) -> UUID:
    """A mid-market account with an open kickoff CTA."""
    return stage.sign(arr=50_000)


def open_id(stage: Stage, account: UUID, template: str) -> UUID:
    cta_id = stage.open_ctas(account)[template].id
    assert cta_id is not None
    return cta_id


def test_a_closed_cta_moves_the_account_and_opens_the_next_in_one_story(stage: Stage, account: UUID) -> None:
    wanted = CloseCta(account, open_id(stage, account, "kickoff_call"), CtaOutcome.SUCCESS, "k1", "went well")

    outcome = close_cta(stage.world, CSM, wanted)

    assert isinstance(outcome, CtaEnded)
    assert (outcome.cta.status, outcome.cta.outcome) == (CtaStatus.CLOSED, CtaOutcome.SUCCESS)
    closed, moved, cleared = outcome.records
    assert (closed.kind, closed.actor, closed.reason, closed.command_id) == (
        RecordKind.CTA_CLOSED,
        "ada",
        "went well",
        "k1",
    )
    assert (moved.kind, moved.cause, moved.actor, moved.to_stage) == (
        RecordKind.MOVED,
        Cause.AUTOMATIC,
        None,
        "onboarding",
    )
    assert [effect["did"] for effect in moved.effects] == ["milestone_reached", "cta_opened"]
    assert (cleared.kind, cleared.subject) == (RecordKind.ALERT_CLEARED, "kickoff_due")
    assert closed.run_id == moved.run_id == cleared.run_id
    assert set(stage.open_ctas(account)) == {"onboarding"}


def test_a_failed_kickoff_moves_nothing(stage: Stage, account: UUID) -> None:
    cta_id = open_id(stage, account, "kickoff_call")

    outcome = close_cta(stage.world, CSM, CloseCta(account, cta_id, CtaOutcome.FAILED, "k1"))

    assert isinstance(outcome, CtaEnded)
    assert [record.kind for record in outcome.records] == [RecordKind.CTA_CLOSED]
    assert outcome.account.lifecycle.stage == "new_customer"


def test_a_cta_is_closed_once(stage: Stage, account: UUID) -> None:
    cta_id = open_id(stage, account, "kickoff_call")
    first = close_cta(stage.world, CSM, CloseCta(account, cta_id, CtaOutcome.SUCCESS, "k1"))

    again = close_cta(stage.world, CSM, CloseCta(account, cta_id, CtaOutcome.SUCCESS, "k1"))
    other = close_cta(stage.world, CSM, CloseCta(account, cta_id, CtaOutcome.FAILED, "k2"))
    missing = close_cta(stage.world, CSM, CloseCta(account, uuid4(), CtaOutcome.FAILED, "k3"))

    assert isinstance(first, CtaEnded)
    assert isinstance(again, CtaEnded)
    assert (again.replayed, again.records) == (True, first.records)
    assert isinstance(other, CtaAlreadyClosed)
    assert other.cta.outcome is CtaOutcome.SUCCESS
    assert isinstance(missing, CtaMissing)


def test_a_milestone_is_dated_and_a_second_date_changes_nothing(stage: Stage, account: UUID) -> None:
    stage.clock.turn(days=4)
    yesterday = stage.clock() - timedelta(days=1)

    first = reach_milestone(
        stage.world, CSM, ReachMilestone(account, "first_login", "k1", yesterday, "seen in the log")
    )
    second = reach_milestone(stage.world, CSM, ReachMilestone(account, "first_login", "k2"))

    assert isinstance(first, MilestoneDated)
    assert (first.reached_at, first.already, first.records[0].reason) == (yesterday, False, "seen in the log")
    assert isinstance(second, MilestoneDated)
    assert (second.reached_at, second.already, second.records) == (yesterday, True, ())


def test_an_unknown_milestone_names_those_of_the_catalog(stage: Stage, account: UUID) -> None:
    outcome = reach_milestone(stage.world, CSM, ReachMilestone(account, "first_logout", "k1"))

    assert isinstance(outcome, MilestoneUnknown)
    assert "first_login" in outcome.known


def test_a_milestone_cannot_be_dated_in_the_future(stage: Stage, account: UUID) -> None:
    tomorrow = stage.clock() + timedelta(days=1)

    with pytest.raises(InvalidInput) as caught:
        reach_milestone(stage.world, CSM, ReachMilestone(account, "first_login", "k1", tomorrow))

    assert caught.value.path == "input.reachedAt"
    assert "first_login" not in stage.see(account).lifecycle.milestones


def test_onboarding_ends_when_the_success_plan_is_completed(stage: Stage, account: UUID) -> None:
    close_cta(stage.world, CSM, CloseCta(account, open_id(stage, account, "kickoff_call"), CtaOutcome.SUCCESS, "k1"))
    reach_milestone(stage.world, CSM, ReachMilestone(account, "first_login", "k2"))
    change_plan(stage.world, CSM, ChangePlan(account, "onboarding", "Go live", PlanStatus.ACTIVE, "k3"))
    stage.clock.turn(days=20)
    stage.send(account, setup_completion=85)
    before = stage.see(account).lifecycle.stage

    outcome = change_plan(stage.world, CSM, ChangePlan(account, "onboarding", "Go live", PlanStatus.COMPLETED, "k4"))

    assert before == "onboarding"
    assert outcome.plan.closed_at == stage.clock()
    assert [record.kind for record in outcome.records] == [RecordKind.PLAN_CHANGED, RecordKind.MOVED]
    assert outcome.account.lifecycle.stage == "adoption"
    assert "onboarding" in outcome.account.lifecycle.milestones


def test_commands_share_their_keys_and_revisions(stage: Stage, account: UUID) -> None:
    reach_milestone(stage.world, CSM, ReachMilestone(account, "first_login", "k1"))
    cta_id = open_id(stage, account, "kickoff_call")

    with pytest.raises(IdempotencyConflict):
        close_cta(stage.world, CSM, CloseCta(account, cta_id, CtaOutcome.SUCCESS, "k1"))
    with pytest.raises(StaleRevision):
        close_cta(stage.world, CSM, CloseCta(account, cta_id, CtaOutcome.SUCCESS, "k2", expected_revision=1))
    with pytest.raises(Forbidden):
        reach_milestone(stage.world, VIEWER, ReachMilestone(account, "first_value", "k3"))
    assert set(stage.open_ctas(account)) == {"kickoff_call"}
