"""A sweep finds by SQL what the engine would do, does it once, and says what it did."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from lifecycle_fsm.domain.errors import Forbidden, InvalidInput
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.run import RunKind, RunSummary
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.sweeping import alike
from lifecycle_fsm.services.sweeping import sweep as sweeping
from lifecycle_fsm.services.sweeping.sweep import resume_sweep, sweep
from lifecycle_fsm.store.candidates import Candidate, Scope, find_candidates
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.runs import newest_runs
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.tables.runs import run as run_table
from lifecycle_fsm.store.tables.work import dirty
from tests.worlds import ADMIN, FEED, VIEWER, Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


@pytest.fixture
def accounts(stage: Stage) -> list[UUID]:
    return [stage.sign(f"A{number}", arr=5_000, csm=None) for number in range(5)]


def churn(stage: Stage, accounts: list[UUID]) -> None:
    """Say that the accounts are lost, and leave it to the next run to act on it."""
    rows = tuple(FactRow(account, "churned", fact="account.status") for account in accounts)
    record_facts(replace(stage.world, small_batch=0), FEED, RecordFacts(rows, "crm", stage.key()))


def forget_marks(stage: Stage) -> None:
    """Lose the marks, so that only the set-wise decision can find the accounts."""
    with stage.world.database.writing() as connection:
        connection.execute(dirty.delete())


def stages_of(stage: Stage, accounts: list[UUID]) -> list[str]:
    return [stage.see(account).lifecycle.stage for account in accounts]


def rows_of_history(stage: Stage) -> int:
    with stage.world.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(transition_log)).scalar_one()


def kinds_of(stage: Stage, run_id: UUID | None) -> set[RecordKind]:
    with stage.world.database.reading() as connection:
        rows = connection.execute(select(transition_log.c.kind).where(transition_log.c.run_id == run_id))
        return {RecordKind(row.kind) for row in rows}


def test_moves_accounts_that_nobody_marked_and_then_finds_nothing(stage: Stage, accounts: list[UUID]) -> None:
    churn(stage, accounts[:2])
    forget_marks(stage)

    first, second = sweep(stage.world, ADMIN), sweep(stage.world, ADMIN)

    assert (first.looked_at, first.candidates, first.moved, first.disagreements) == (5, 2, 2, 0)
    assert stages_of(stage, accounts) == ["churned"] * 2 + ["onboarding"] * 3
    assert (second.looked_at, second.candidates, second.moved) == (5, 0, 0)


def test_evaluates_marked_accounts_and_takes_their_marks(stage: Stage, accounts: list[UUID]) -> None:
    churn(stage, accounts)

    summary = sweep(stage.world, ADMIN)

    assert (summary.candidates, summary.moved) == (5, 5)
    assert evaluate_waiting(stage.world, ADMIN).looked_at == 0


def test_finds_overdue_accounts_whose_deadline_was_lost(stage: Stage, accounts: list[UUID]) -> None:
    stage.clock.turn(days=400)
    with stage.world.database.writing() as connection:
        connection.execute(update(account_state).values(next_check_at=None))

    summary = sweep(stage.world, ADMIN)

    kinds = kinds_of(stage, summary.run_id)
    assert (summary.candidates, summary.disagreements, summary.failed) == (5, 0, 0)
    assert RecordKind.PACE_CHANGED in kinds
    assert sweep(stage.world, ADMIN).candidates == 0


def test_keeps_a_run_with_its_counts(stage: Stage, accounts: list[UUID]) -> None:
    churn(stage, accounts)

    summary = sweep(stage.world, ADMIN)

    with stage.world.database.reading() as connection:
        (run,) = newest_runs(connection, 5, RunKind.SWEEP)
    assert (run.id, run.actor, run.finished_at) == (summary.run_id, "root", stage.clock())
    assert run.summary.moved == summary.moved
    assert run.last_account == max(accounts, key=lambda account: account.bytes)


def test_a_dry_run_says_the_same_and_writes_nothing(stage: Stage, accounts: list[UUID]) -> None:
    churn(stage, accounts[:3])
    before = rows_of_history(stage)

    dry = sweep(stage.world, ADMIN, dry_run=True)

    assert rows_of_history(stage) == before
    with stage.world.database.reading() as connection:
        assert newest_runs(connection, 5, RunKind.SWEEP) == ()
    assert sorted(each.account_id for each in dry.effects) == sorted(accounts[:3])
    assert {(step.kind, step.to_stage) for each in dry.effects for step in each.steps[:1]} == {
        (RecordKind.MOVED, "churned")
    }
    wet = sweep(stage.world, ADMIN)
    assert replace(dry, effects=(), run_id=wet.run_id) == wet


def test_a_dry_run_looks_ahead_but_a_sweep_does_not(stage: Stage, accounts: list[UUID]) -> None:
    ahead = stage.clock() + timedelta(days=400)

    dry = sweep(stage.world, ADMIN, ahead, dry_run=True)

    assert (dry.candidates, dry.disagreements) == (5, 0)
    with pytest.raises(InvalidInput, match="is to come; expected the present or before"):
        sweep(stage.world, ADMIN, ahead)
    assert rows_of_history(stage) == 5


def test_refuses_to_go_before_the_last_record(stage: Stage, accounts: list[UUID]) -> None:
    with pytest.raises(InvalidInput, match="the last record of one of the accounts"):
        sweep(stage.world, ADMIN, stage.clock() - timedelta(seconds=1))


def test_looks_only_at_the_segments_that_it_is_given(stage: Stage, accounts: list[UUID]) -> None:
    churn(stage, accounts)

    summary = sweep(stage.world, ADMIN, segments=["mid_market"])

    assert summary.looked_at == 0
    assert stages_of(stage, accounts) == ["onboarding"] * 5


def test_an_account_changed_since_it_was_found_is_left_alone(
    stage: Stage, accounts: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    churn(stage, accounts)
    monkeypatch.setattr(sweeping, "PAGE", 2)
    monkeypatch.setattr(sweeping, "SLICE", 4)
    ordered = sorted(accounts, key=lambda account: account.bytes)
    told: list[RunSummary] = []

    def meddle(summary: RunSummary) -> None:
        told.append(summary)
        if len(told) == 1:
            stage.send(ordered[3], setup_completion=50)

    summary = sweep(stage.world, ADMIN, progress=meddle)

    assert (summary.candidates, summary.moved, summary.changed_meanwhile) == (5, 4, 1)
    assert [each.candidates for each in told] == [2, 4, 5]
    assert stages_of(stage, accounts) == ["churned"] * 5


def test_an_interrupted_sweep_goes_on_after_its_last_page(
    stage: Stage, accounts: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    churn(stage, accounts)
    monkeypatch.setattr(sweeping, "PAGE", 2)
    monkeypatch.setattr(sweeping, "SLICE", 4)

    def interrupt(_: RunSummary) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(stage.world, ADMIN, progress=interrupt)
    with stage.world.database.reading() as connection:
        (run,) = newest_runs(connection, 5, RunKind.SWEEP)
    begun = stage.clock()
    stage.clock.turn(hours=1)

    summary = resume_sweep(stage.world, ADMIN, run.id)

    assert (run.finished_at, run.summary.candidates) == (None, 2)
    assert (summary.looked_at, summary.candidates, summary.moved) == (5, 5, 5)
    assert stage.see(accounts[0]).lifecycle.entered_at == begun
    assert resume_sweep(stage.world, ADMIN, run.id) == summary


def test_a_disagreement_is_counted_and_not_applied(
    stage: Stage, accounts: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage.world.database.writing() as connection:
        connection.execute(update(account_state).values(next_check_at=None))

    def lie(connection: Connection, scope: Scope, after: UUID | None, limit: int) -> list[Candidate]:
        return [replace(each, first="renewed") for each in find_candidates(connection, scope, after, limit)]

    monkeypatch.setattr(sweeping, "find_candidates", lie)
    churn(stage, accounts[:1])
    forget_marks(stage)

    summary = sweep(stage.world, ADMIN)

    assert (summary.candidates, summary.disagreements, summary.moved) == (1, 1, 0)
    assert [(each.account_id, each.cause) for each in summary.set_aside] == [(accounts[0], "disagreed")]
    assert stages_of(stage, accounts[:1]) == ["onboarding"]


def test_a_viewer_may_not_sweep(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        sweep(stage.world, VIEWER)
    with pytest.raises(InvalidInput, match="there is no sweep"):
        resume_sweep(stage.world, ADMIN, UUID(int=1))
    with stage.world.database.reading() as connection:
        assert connection.execute(select(run_table.c.id)).all() == []


def test_segments_that_nobody_published_are_named(stage: Stage) -> None:
    for segments in (["enterprize"], ["\x00"]):
        with pytest.raises(InvalidInput) as caught:
            sweep(stage.world, ADMIN, segments=segments)

        assert caught.value.path == "segments"
        assert "enterprise" in caught.value.message


class Failing(alike.Alike):
    """Moves nobody, and fails."""

    def move(self, *_: object) -> tuple[RunSummary, frozenset[UUID]]:
        raise ZeroDivisionError


def test_a_page_that_cannot_be_moved_together_is_logged_and_left_to_the_engine(
    stage: Stage, accounts: list[UUID], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sweeping, "Alike", Failing)
    churn(stage, accounts)
    forget_marks(stage)

    summary = sweep(stage.world, ADMIN)

    assert (summary.moved, summary.failed) == (len(accounts), 0)
    assert set(stages_of(stage, accounts)) == {"churned"}
    (logged,) = [each for each in caplog.records if each.name == "lifecycle_fsm.sweep"]
    assert logged.getMessage() == "a page could not be moved together; each of its accounts is evaluated alone"
    assert logged.exc_info is not None
    assert logged.exc_info[0] is ZeroDivisionError
