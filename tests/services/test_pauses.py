"""While an account is paused, the clock of its stage stands still."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.errors import Forbidden, InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.pauses import (
    AlreadyPaused,
    ClockSet,
    NotPaused,
    PauseAccount,
    ResumeAccount,
    pause_account,
    resume_account,
)
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.undo import UndoRun, undo_run
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.services.visits import all_visits, past_visits
from tests.worlds import ADMIN, CSM, VIEWER, Stage, a_stage

FILES = {
    "catalog.yaml": b"""
schema: lifecycle/v1
facts:
  status: {title: Status, kind: text}
""",
    "segments/any.yaml": b"""
schema: lifecycle/v1
segment: any
applies_to: {when: {fact: status, is: active}}
initial: trial
stages:
  trial:
    expected: 10d
    stuck: 20d
    transitions:
      - {key: over, to: use, trigger: auto, when: {stage_age: {at_least: 30d}}}
  use:
    expected: 5d
    transitions:
      - {key: end, to: over, kind: exit, trigger: [end], after: 10d}
  over: {final: true}
""",
}


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url, None) as opened:
        assert isinstance(publish(opened.world, ADMIN, FILES), Published)
        yield opened


@pytest.fixture
def account(stage: Stage) -> UUID:
    stage.register(AccountRow("ACME", "Acme", "ada", facts={"status": "active"}))
    return account_id_for("ACME")


def pause(stage: Stage, account: UUID, days: int | None = None) -> ClockSet:
    until = None if days is None else stage.clock() + timedelta(days=days)
    outcome = pause_account(stage.world, CSM, PauseAccount(account, "merger", stage.key(), until))
    assert isinstance(outcome, ClockSet)
    return outcome


def resume(stage: Stage, account: UUID) -> ClockSet:
    outcome = resume_account(stage.world, CSM, ResumeAccount(account, "merged", stage.key()))
    assert isinstance(outcome, ClockSet)
    return outcome


def wait(stage: Stage, days: int) -> None:
    """Let time pass and everything happen that then is due; nothing is left for a sweep."""
    stage.clock.turn(days=days)
    evaluate_waiting(stage.world, ADMIN)
    assert sweep(stage.world, ADMIN, dry_run=True).candidates == 0


def history(stage: Stage, account: UUID) -> list[HistoryRecord]:
    return list(reversed(page_history(stage.world, ADMIN, [account], PageRequest(100))[account].items))


def test_the_clock_stands_still_and_goes_on(stage: Stage, account: UUID) -> None:
    wait(stage, 8)
    pause(stage, account)
    wait(stage, 100)
    during = stage.see(account)
    resume(stage, account)
    wait(stage, 2)
    after = stage.see(account)
    wait(stage, 1)
    behind = stage.see(account)
    wait(stage, 19)

    assert (during.time_in_stage, during.pace, during.lifecycle.stage) == (timedelta(days=8), Pace.ON_TRACK, "trial")
    assert (after.time_in_stage, after.pace) == (timedelta(days=10), Pace.ON_TRACK)
    assert behind.pace is Pace.BEHIND
    assert stage.see(account).lifecycle.stage == "use"
    first, running = all_visits(stage.see(account), past_visits(stage.world, VIEWER, [account])[account])
    assert (first.spent, first.paused, first.variance) == (timedelta(30), timedelta(100), timedelta(20))
    assert (running.spent, running.paused) == (timedelta(0), timedelta(0))
    assert verify(stage.world, ADMIN).holds


def test_a_pause_ends_at_its_instant_however_late_that_is_seen(stage: Stage, account: UUID) -> None:
    wait(stage, 8)
    ends_at = stage.clock() + timedelta(days=10)
    pause(stage, account, days=10)
    due_at = stage.see(account).next_check_at
    stage.clock.turn(days=12)
    unseen = stage.see(account)
    evaluate_waiting(stage.world, ADMIN)

    assert due_at == ends_at
    assert (unseen.time_in_stage, unseen.pace) == (timedelta(days=10), Pace.ON_TRACK)
    assert stage.see(account).time_in_stage == timedelta(days=10)
    last = history(stage, account)[-1]
    assert (last.kind, last.actor, last.cause) == (RecordKind.RESUMED, None, Cause.AUTOMATIC)
    assert stage.see(account).lifecycle.pause is None


def test_a_pause_goes_on_in_the_next_stage(stage: Stage, account: UUID) -> None:
    wait(stage, 40)
    assert stage.see(account).lifecycle.stage == "use"
    pause(stage, account)
    wait(stage, 50)
    assert stage.see(account).pace is Pace.ON_TRACK
    resume(stage, account)
    wait(stage, 5)

    assert stage.see(account).pace is Pace.ON_TRACK
    assert stage.see(account).time_in_stage == timedelta(days=5)


def test_an_age_that_was_reached_stays_reached(stage: Stage, account: UUID) -> None:
    stage.clock.turn(days=29)
    pause(stage, account)
    stage.clock.turn(days=1)
    assert sweep(stage.world, ADMIN, dry_run=True).candidates == 0
    resume(stage, account)
    wait(stage, 1)

    assert stage.see(account).lifecycle.stage == "use"


def test_undoing_what_ended_a_pause_gives_it_back(stage: Stage, account: UUID) -> None:
    pause(stage, account, days=10)
    stage.clock.turn(days=11)
    stood = stage.see(account).lifecycle.pause
    evaluate_waiting(stage.world, ADMIN)
    run_id = history(stage, account)[-1].run_id
    assert run_id is not None

    undone = undo_run(stage.world, ADMIN, UndoRun(run_id, "a mistake"))

    assert undone.undone == 1
    assert stage.see(account).lifecycle.pause == stood
    assert stage.see(account).lifecycle.paused_ms == 0


def test_there_is_one_pause_at_a_time(stage: Stage, account: UUID) -> None:
    pause(stage, account)

    again = pause_account(stage.world, CSM, PauseAccount(account, "again", stage.key()))
    resume(stage, account)
    resumed = resume_account(stage.world, CSM, ResumeAccount(account, "again", stage.key()))

    assert isinstance(again, AlreadyPaused)
    assert isinstance(resumed, NotPaused)
    assert [each.kind for each in history(stage, account)[1:]] == [RecordKind.PAUSED, RecordKind.RESUMED]


def test_the_same_command_pauses_once(stage: Stage, account: UUID) -> None:
    wanted = PauseAccount(account, "merger", "key")
    first, second = (pause_account(stage.world, CSM, wanted) for _ in range(2))

    assert isinstance(first, ClockSet)
    assert isinstance(second, ClockSet)
    assert (first.replayed, second.replayed) == (False, True)
    assert [each.seq for each in first.records] == [each.seq for each in second.records]


def test_refuses_what_cannot_be(stage: Stage, account: UUID) -> None:
    with pytest.raises(InvalidInput, match="the pause ends 2026-03-02T09:00:00"):
        pause_account(stage.world, CSM, PauseAccount(account, "why", "k", stage.clock()))
    with pytest.raises(InvalidInput, match="the reason must be 1 to 500 printable characters"):
        pause_account(stage.world, CSM, PauseAccount(account, " ", "k"))
    with pytest.raises(Forbidden):
        pause_account(stage.world, VIEWER, PauseAccount(account, "why", "k"))

    assert len(history(stage, account)) == 1
