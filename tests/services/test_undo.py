"""A run is taken back exactly, account by account, unless something newer stands on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, event, text

from lifecycle_fsm.domain.errors import Forbidden, InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.history_filter import HistoryFilter, HistoryOrder
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.alert_lists import page_alerts_of
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.history import page_history, page_log
from lifecycle_fsm.services.milestones import ReachMilestone, milestone_events, reach_milestone
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.undo import Obstacle, UndoRun, undo_run
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.store.history import load_since, page_of_run
from tests.worlds import ADMIN, CSM, Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url, "time") as opened:
        yield opened


def sign(stage: Stage, key: str) -> UUID:
    facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
    stage.register(AccountRow(key, key, "ada", facts=facts))
    return account_id_for(key)


def last(stage: Stage, account: UUID) -> HistoryRecord:
    return page_history(stage.world, ADMIN, [account], PageRequest(1))[account].items[0]


def run_of(stage: Stage, account: UUID) -> UUID:
    run_id = last(stage, account).run_id
    assert run_id is not None
    return run_id


def state(lifecycle: Lifecycle) -> Lifecycle:
    """What undo gives back: everything but the length of history and the CTAs that are closed."""
    return replace(lifecycle, revision=0, ctas=tuple(cta for cta in lifecycle.ctas if cta.is_open))


@contextmanager
def executed() -> Iterator[list[tuple[str, Any]]]:
    """The statements that run meanwhile, with their parameters as the driver has them."""
    statements: list[tuple[str, Any]] = []

    def note(_: Connection, __: object, statement: str, parameters: object, *___: object) -> None:
        statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def behind(stage: Stage) -> UUID:
    """An account that missed its kickoff, so that a CTA is open."""
    account = sign(stage, "ACME")
    stage.clock.turn(days=20)
    evaluate_waiting(stage.world, ADMIN)
    assert list(stage.open_ctas(account)) == ["kickoff_call"]
    return account


def test_undo_gives_back_stage_clock_milestones_and_ctas(stage: Stage) -> None:
    account = behind(stage)
    before = stage.see(account).lifecycle
    stage.clock.turn(hours=1)
    stage.send(account, usage__license_share=12)
    moved = stage.see(account).lifecycle
    run = run_of(stage, account)
    stage.clock.turn(hours=1)

    outcome = undo_run(stage.world, ADMIN, UndoRun(run, "the figures were of another account"))

    assert (moved.stage, [cta.template for cta in moved.ctas if cta.is_open]) == ("adoption", [])
    assert (outcome.undone, outcome.already, outcome.stays) == (1, 0, 0)
    assert state(stage.see(account).lifecycle) == state(before)
    record = last(stage, account)
    assert (record.kind, record.cause, record.subject) == (RecordKind.RUN_UNDONE, Cause.UNDO, str(run))
    assert (record.actor, record.reason) == ("root", "the figures were of another account")
    assert [effect["did"] for effect in record.effects] == ["cta_reopened", "milestone_revoked"]
    assert [event.source for event in milestone_events(stage.world, ADMIN, [account])[account]] == ["data", "undo"]
    assert verify(stage.world, ADMIN).holds


def test_undoing_again_finds_nothing_left_and_a_rehearsal_writes_nothing(stage: Stage) -> None:
    account = behind(stage)
    run = run_of(stage, account)

    rehearsed = undo_run(stage.world, ADMIN, UndoRun(run, "wrong calendar", dry_run=True))
    untouched = last(stage, account).kind
    first = undo_run(stage.world, ADMIN, UndoRun(run, "wrong calendar"))
    again = undo_run(stage.world, ADMIN, UndoRun(run, "wrong calendar"))

    assert (rehearsed.undone, rehearsed.undo_id, untouched) == (1, None, RecordKind.MILESTONE_MISSED)
    assert (first.undone, first.already) == (1, 0)
    assert (again.undone, again.already, again.undo_id) == (0, 1, None)
    assert stage.open_ctas(account) == {}


def test_an_account_that_went_on_refuses_and_the_others_are_taken_back(stage: Stage) -> None:
    went_on, stayed = sign(stage, "ACME"), sign(stage, "BETA")
    stage.clock.turn(days=20)
    evaluate_waiting(stage.world, ADMIN)
    run = run_of(stage, stayed)
    reach_milestone(stage.world, CSM, ReachMilestone(went_on, "kickoff_done", "k1"))

    outcome = undo_run(stage.world, ADMIN, UndoRun(run, "too early"))

    (refused,) = outcome.refused
    assert (outcome.undone, outcome.stays) == (1, 1)
    assert (refused.account_id, refused.obstacle) == (went_on, Obstacle.NEWER)
    assert refused.message == "row 3 stands on it: milestone_reached 'kickoff_done' by ada on 2026-03-22"
    assert (list(stage.open_ctas(went_on)), stage.open_ctas(stayed)) == (["kickoff_call"], {})


def test_runs_are_taken_back_one_after_the_other_from_the_newest(stage: Stage) -> None:
    account = behind(stage)
    first, before = run_of(stage, account), stage.see(account).lifecycle
    stage.clock.turn(hours=1)
    stage.send(account, usage__license_share=12)
    second = run_of(stage, account)

    too_soon = undo_run(stage.world, ADMIN, UndoRun(first, "both are wrong"))
    undo_run(stage.world, ADMIN, UndoRun(second, "both are wrong"))
    between = stage.see(account).lifecycle
    then = undo_run(stage.world, ADMIN, UndoRun(first, "both are wrong"))

    assert (too_soon.undone, too_soon.refused[0].obstacle) == (0, Obstacle.NEWER)
    assert state(between) == state(before)
    assert then.undone == 1
    assert (stage.open_ctas(account), stage.see(account).lifecycle.missed) == ({}, {})
    assert verify(stage.world, ADMIN).holds


def test_a_sweep_is_taken_back_by_its_run_and_the_next_one_acts_again(stage: Stage) -> None:
    account = sign(stage, "ACME")
    stage.clock.turn(days=20)
    swept = sweep(stage.world, ADMIN)
    assert swept.run_id is not None

    outcome = undo_run(stage.world, ADMIN, UndoRun(swept.run_id, "a rehearsal by mistake"))
    quiet = stage.see(account).lifecycle
    stage.clock.turn(hours=1)
    stage.send(account, usage__logins_30d=1)

    assert (outcome.undone, quiet.missed) == (1, {})
    assert list(stage.open_ctas(account)) == ["kickoff_call"]


def test_what_people_did_is_not_taken_back(stage: Stage) -> None:
    account = sign(stage, "ACME")
    placed = run_of(stage, account)
    stage.send(account, usage__license_share=12)
    fired = fire_transition(stage.world, CSM, FireTransition(account, "implement_again", "k1"))

    by_person = undo_run(stage.world, ADMIN, UndoRun(run_of(stage, account), "no"))
    placing = undo_run(stage.world, ADMIN, UndoRun(placed, "no"))

    assert fired is not None
    assert [by_person.refused[0].obstacle, placing.refused[0].obstacle] == [Obstacle.NOT_EVALUATED] * 2


def test_an_unknown_run_a_missing_reason_and_a_csm_are_refused(stage: Stage) -> None:
    with pytest.raises(InvalidInput, match="there is no run"):
        undo_run(stage.world, ADMIN, UndoRun(UUID(int=7), "why not"))
    with pytest.raises(InvalidInput, match="needs a reason"):
        undo_run(stage.world, ADMIN, UndoRun(UUID(int=7), " "))
    with pytest.raises(Forbidden):
        undo_run(stage.world, CSM, UndoRun(UUID(int=7), "why not"))


def test_undo_forgets_the_episode_of_an_alert_that_its_run_opened(stage: Stage) -> None:
    account = sign(stage, "ACME")
    stage.send(account, usage__license_share=12)
    stage.clock.turn(hours=1)
    stage.send(account, usage__logins_30d=5)
    (opened,) = page_alerts_of(stage.world, ADMIN, [account], PageRequest(5))[account].items
    run = run_of(stage, account)
    stage.clock.turn(hours=1)

    undo_run(stage.world, ADMIN, UndoRun(run, "the figures were of another account"))

    assert (opened.alert, opened.number, opened.cleared_at) == ("low_usage", 1, None)
    assert list(page_alerts_of(stage.world, ADMIN, [account], PageRequest(5))[account].items) == []
    assert stage.see(account).lifecycle.alerts == {}


def test_what_a_run_did_is_found_by_its_id_in_a_history_of_any_length(stage: Stage) -> None:
    """No statement of undoing walks the log: each looks into an index for the run or for an account."""
    run, account = uuid4(), sign(stage, "ACME")
    with stage.world.database.writing() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        with executed() as statements:
            page_of_run(connection, run, None, 10)
            load_since(connection, [account], run)
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        found = [connection.exec_driver_sql(explain + each, values) for each, values in statements]
        plans = ["\n".join(str(row[-1]) for row in each) for each in found]

    assert len(plans) == 2
    assert "ix_transition_log_run_id" in plans[0]
    assert not any("Seq Scan on transition_log" in plan or "SCAN transition_log" in plan for plan in plans)


def test_records_of_one_millisecond_come_by_account_and_number(stage: Stage) -> None:
    """One evaluation of two accounts at one instant wrote several rows about each."""
    accounts = sorted([sign(stage, "ACME"), sign(stage, "BETA")])
    stage.clock.turn(days=20)
    for account in accounts:
        stage.send(account, usage__license_share=12)
    evaluate_waiting(stage.world, ADMIN)
    now = stage.clock()

    found = page_log(stage.world, ADMIN, HistoryFilter(effective_from=now), HistoryOrder(), PageRequest(50)).items
    places = [(record.account_id, record.seq) for record in found]

    assert {record.effective_at for record in found} == {now}
    assert len({seq for account, seq in places if account == accounts[0]}) > 1
    assert places == sorted(places, reverse=True)
