"""Milestones that data dates, that are missed, and that people correct."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.milestones import Compliance
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.milestone_corrections import (
    CorrectMilestone,
    MilestoneCorrected,
    MilestoneNotReached,
    correct_milestone,
)
from lifecycle_fsm.services.milestones import MilestoneDated, ReachMilestone, milestone_events, reach_milestone
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from tests.worlds import ADMIN, CSM, Stage, a_stage

KICKOFF_DUE = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
"""Ten business days after the Monday on which the account signed, at the same time of day."""


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url, "time") as opened:
        yield opened


@pytest.fixture
def account(stage: Stage) -> UUID:
    facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
    stage.register(AccountRow("ACME", "Acme", "ada", facts=facts))
    return account_id_for("ACME")


def standing(stage: Stage, account: UUID, milestone: str) -> tuple[Compliance, datetime | None, timedelta | None]:
    found = next(each for each in stage.see(account).standings if each.milestone == milestone)
    return found.compliance, found.due_at, found.margin


def kinds(stage: Stage, account: UUID) -> list[tuple[RecordKind, str | None, Cause]]:
    page = page_history(stage.world, ADMIN, [account], PageRequest(100))[account]
    return [(row.kind, row.subject, row.cause) for row in reversed(page.items)]


def test_a_milestone_is_missed_at_its_instant_and_opens_a_cta(stage: Stage, account: UUID) -> None:
    assert stage.see(account).next_check_at == KICKOFF_DUE + timedelta(milliseconds=1)

    evaluate_waiting(stage.world, ADMIN, KICKOFF_DUE)
    in_time = standing(stage, account, "kickoff_done")
    stage.clock.at = KICKOFF_DUE + timedelta(milliseconds=1)
    evaluate_waiting(stage.world, ADMIN)

    assert in_time == (Compliance.PENDING, KICKOFF_DUE, None)
    assert standing(stage, account, "kickoff_done") == (Compliance.MISSED, KICKOFF_DUE, None)
    assert list(stage.open_ctas(account)) == ["kickoff_call"]
    assert kinds(stage, account)[-1] == (RecordKind.MILESTONE_MISSED, "kickoff_done", Cause.AUTOMATIC)
    assert sweep(stage.world, ADMIN).candidates == 0
    assert verify(stage.world, ADMIN).holds


def test_the_days_since_the_contract_end_with_the_last_of_them(stage: Stage, account: UUID) -> None:
    last_instant = datetime(2026, 5, 1, 23, 59, 59, 999_000, tzinfo=UTC)

    assert standing(stage, account, "first_value") == (Compliance.PENDING, last_instant, None)


def test_data_dates_a_milestone_with_the_observation_and_the_account_moves_on(stage: Stage, account: UUID) -> None:
    stage.clock.turn(days=7)

    stage.send(account, usage__license_share=12)

    lifecycle = stage.see(account).lifecycle
    assert lifecycle.milestones == {"first_value": stage.clock()}
    assert lifecycle.stage == "adoption"
    assert kinds(stage, account)[1:] == [
        (RecordKind.MILESTONE_REACHED, "first_value", Cause.AUTOMATIC),
        (RecordKind.MOVED, None, Cause.AUTOMATIC),
    ]
    (event,) = milestone_events(stage.world, CSM, [account])[account]
    assert (event.source, event.author, event.reached_at) == ("data", None, stage.clock())
    assert verify(stage.world, ADMIN).holds


def test_early_and_late_are_seen_by_how_much(stage: Stage, account: UUID) -> None:
    reach_milestone(stage.world, CSM, ReachMilestone(account, "kickoff_done", "k1", comment="on site"))
    early = standing(stage, account, "kickoff_done")
    stage.clock.turn(days=20)
    late_at = KICKOFF_DUE + timedelta(days=2)

    correct_milestone(stage.world, CSM, CorrectMilestone(account, "kickoff_done", "it was later", "k2", late_at))

    assert early == (Compliance.IN_TIME, KICKOFF_DUE, timedelta(days=14))
    assert standing(stage, account, "kickoff_done") == (Compliance.LATE, KICKOFF_DUE, timedelta(days=-2))
    events = milestone_events(stage.world, CSM, [account])[account]
    assert [(each.revoked, each.author, each.comment) for each in events] == [
        (False, "ada", "on site"),
        (True, "ada", "it was later"),
        (False, "ada", "it was later"),
    ]
    assert stage.open_ctas(account) == {}


def test_a_revoked_milestone_is_evaluated_again(stage: Stage, account: UUID) -> None:
    reach_milestone(stage.world, CSM, ReachMilestone(account, "kickoff_done", "k1"))
    stage.clock.turn(days=30)
    evaluate_waiting(stage.world, ADMIN)

    outcome = correct_milestone(stage.world, CSM, CorrectMilestone(account, "kickoff_done", "wrong account", "k2"))
    again = correct_milestone(stage.world, CSM, CorrectMilestone(account, "kickoff_done", "wrong account", "k2"))
    twice = correct_milestone(stage.world, CSM, CorrectMilestone(account, "kickoff_done", "wrong account", "k3"))

    assert isinstance(outcome, MilestoneCorrected)
    assert [record.kind for record in outcome.records] == [
        RecordKind.MILESTONE_REVOKED,
        RecordKind.MILESTONE_MISSED,
    ]
    assert list(stage.open_ctas(account)) == ["kickoff_call"]
    assert isinstance(again, MilestoneCorrected)
    assert (again.replayed, again.records) == (True, outcome.records)
    assert isinstance(twice, MilestoneNotReached)
    assert verify(stage.world, ADMIN).holds


def test_old_data_does_not_date_a_revoked_milestone_again_and_new_data_does(stage: Stage, account: UUID) -> None:
    stage.send(account, usage__license_share=12)
    stage.clock.turn(days=1)
    correct_milestone(stage.world, CSM, CorrectMilestone(account, "first_value", "a test licence", "k1"))
    revoked = stage.see(account).lifecycle.milestones
    quiet = sweep(stage.world, ADMIN).candidates

    stage.clock.turn(days=1)
    stage.send(account, usage__license_share=15)

    assert (revoked, quiet) == ({}, 0)
    assert stage.see(account).lifecycle.milestones == {"first_value": stage.clock()}
    assert verify(stage.world, ADMIN).holds


def test_a_later_contract_start_moves_the_due_date(stage: Stage, account: UUID) -> None:
    stage.clock.turn(days=61)
    evaluate_waiting(stage.world, ADMIN)
    missed = standing(stage, account, "first_value")[0]

    stage.tell(account, contract_start=0)

    assert missed is Compliance.MISSED
    assert standing(stage, account, "first_value")[0] is Compliance.PENDING


def test_a_repeated_command_gives_its_first_outcome_after_a_revocation(stage: Stage, account: UUID) -> None:
    first = reach_milestone(stage.world, CSM, ReachMilestone(account, "kickoff_done", "k1"))
    reached_at = stage.clock()
    stage.clock.turn(days=1)
    correct_milestone(stage.world, CSM, CorrectMilestone(account, "kickoff_done", "wrong account", "k2"))

    again = reach_milestone(stage.world, CSM, ReachMilestone(account, "kickoff_done", "k1"))

    assert isinstance(first, MilestoneDated)
    assert isinstance(again, MilestoneDated)
    assert (again.replayed, again.reached_at, again.records) == (True, reached_at, first.records)
    assert stage.see(account).lifecycle.milestones == {}
