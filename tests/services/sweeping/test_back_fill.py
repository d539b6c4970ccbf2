"""The past is evaluated on what was observed by then, and history never goes back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.run import RunKind, RunSummary
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.sweeping.asked import anything_asked, do_asked, resume_run, stop_run
from lifecycle_fsm.services.sweeping.back_fill import (
    Period,
    ask_for_back_fill,
    back_fill,
    fill_date,
    resume_back_fill,
)
from lifecycle_fsm.store.history import load_chain
from lifecycle_fsm.store.runs import Run, newest_runs
from tests.builders import MONDAY, day
from tests.worlds import ADMIN, FEED, Stage, a_stage

ACME = account_id_for("ACME")


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        opened.clock.turn(days=100)
        yield opened


def imported(stage: Stage) -> UUID:
    """An account signed on the first day and lost on the fiftieth, imported on the hundredth and not evaluated yet."""
    later = replace(stage.world, small_batch=0)
    facts: dict[str, Outside] = {
        "account.status": "active",
        "account.arr": 5_000,
        "account.contract_start": "2026-03-02",
    }
    first = AccountRow("ACME", "Acme", facts=facts, observed_at=MONDAY, entered_at=MONDAY)
    lost = AccountRow("ACME", "Acme", facts={"account.status": "churned"}, observed_at=day(50))
    for row in (first, lost):
        assert [each.problems for each in register_accounts(later, FEED, [row], "crm").rows] == [()]
    return ACME


def history(stage: Stage) -> list[tuple[str, str, int]]:
    """Kind, stage and effective day of each row."""
    with stage.world.database.reading() as connection:
        links = load_chain(connection, ACME)
    return [(link.entry.kind, link.entry.to_stage, (link.entry.effective_at - MONDAY).days) for link in links]


def test_an_account_is_taken_and_lost_on_the_days_on_which_it_was(stage: Stage) -> None:
    account = imported(stage)

    summary = back_fill(stage.world, ADMIN, Period(MONDAY, day(99), timedelta(days=10)))

    rows = history(stage)
    assert rows[0] == ("assigned", "onboarding", 0)
    assert [row for row in rows if row[0] == "moved"] == [("moved", "churned", 50)]
    assert (summary.moved, summary.failed, summary.looked_at) == (1, 0, 11)
    assert stage.see(account).lifecycle.entered_at == day(50)


def test_each_date_is_a_run_and_the_accounts_wait_in_the_end(stage: Stage) -> None:
    imported(stage)

    back_fill(stage.world, ADMIN, Period(MONDAY, day(20), timedelta(days=10)))

    with stage.world.database.reading() as connection:
        runs = newest_runs(connection, 10, RunKind.BACK_FILL)
    assert sorted((run.as_of - MONDAY).days for run in runs) == [0, 10, 20]
    assert evaluate_waiting(stage.world, ADMIN).looked_at == 1
    assert stage.see(ACME).lifecycle.stage == "churned"


def test_refuses_to_go_before_an_accounts_last_record(stage: Stage) -> None:
    imported(stage)
    back_fill(stage.world, ADMIN, Period(MONDAY, day(20), timedelta(days=10)))
    before = history(stage)

    with pytest.raises(InvalidInput, match="the last record of one of the accounts"):
        back_fill(stage.world, ADMIN, Period(day(-1), day(30)))

    assert history(stage) == before


@pytest.mark.parametrize(
    "period", [Period(day(5), day(4)), Period(day(5), day(6), timedelta(seconds=1)), Period(day(5), day(101))]
)
def test_refuses_a_period_that_is_none(stage: Stage, period: Period) -> None:
    with pytest.raises(InvalidInput):
        back_fill(stage.world, ADMIN, period)


class Interrupted(Exception):
    """Stands for the end of a process."""


def interrupt(_: RunSummary) -> None:
    raise Interrupted


def runs(stage: Stage) -> tuple[Run, ...]:
    """The runs of back-fills, by date."""
    with stage.world.database.reading() as connection:
        return tuple(sorted(newest_runs(connection, 20, RunKind.BACK_FILL), key=lambda run: run.as_of))


PERIOD = Period(MONDAY, day(60), timedelta(days=10))


def test_an_interrupted_back_fill_goes_on_and_leaves_the_same_history(stage: Stage) -> None:
    imported(stage)

    with pytest.raises(Interrupted):
        back_fill(stage.world, ADMIN, PERIOD, progress=interrupt)
    left = [run.finished_at for run in runs(stage)]
    series = runs(stage)[0].series_id
    assert series is not None
    summary = resume_back_fill(stage.world, ADMIN, series)
    again = resume_back_fill(stage.world, ADMIN, series)

    assert left[1:] == [None] * 6
    assert [row for row in history(stage) if row[0] == "moved"] == [("moved", "churned", 50)]
    assert (summary, summary.moved) == (again, 1)
    assert evaluate_waiting(stage.world, ADMIN).looked_at == 1


def test_a_worker_does_what_was_asked_for_once(stage: Stage) -> None:
    imported(stage)
    key = uuid4()

    first = ask_for_back_fill(stage.world, ADMIN, PERIOD, (), key)
    second = ask_for_back_fill(stage.world, ADMIN, PERIOD, (), key)
    waits = anything_asked(stage.world)
    do_asked(stage.world, ADMIN)

    assert (first.replayed, second.replayed) == (False, True)
    assert [run.id for run in first.what] == [run.id for run in second.what]
    assert [(run.as_of - MONDAY).days for run in first.what] == [0, 10, 20, 30, 40, 50, 60]
    assert (waits, anything_asked(stage.world)) == (True, False)
    assert all(run.finished_at is not None for run in runs(stage))
    assert [row for row in history(stage) if row[0] == "moved"] == [("moved", "churned", 50)]


def test_a_worker_goes_on_with_what_a_process_left(stage: Stage) -> None:
    imported(stage)
    with pytest.raises(Interrupted):
        back_fill(stage.world, ADMIN, PERIOD, progress=interrupt)

    resume_run(stage.world, ADMIN, runs(stage)[3].id)
    do_asked(stage.world, ADMIN)

    assert all(run.finished_at is not None for run in runs(stage))
    assert [row for row in history(stage) if row[0] == "moved"] == [("moved", "churned", 50)]


def test_one_that_is_stopped_does_nothing_more_and_leaves_the_accounts_waiting(stage: Stage) -> None:
    imported(stage)
    asked = ask_for_back_fill(stage.world, ADMIN, PERIOD).what
    fill_date(stage.world, asked[0])

    stopped = stop_run(stage.world, ADMIN, asked[4].id)
    do_asked(stage.world, ADMIN)

    assert stopped is not None
    assert [run.cancelled_at is None for run in runs(stage)] == [True, *[False] * 6]
    assert all(run.finished_at is not None for run in runs(stage))
    assert [row for row in history(stage) if row[0] == "moved"] == []
    evaluate_waiting(stage.world, ADMIN)
    assert stage.see(ACME).lifecycle.stage == "churned"


def test_an_account_that_moves_on_meanwhile_is_left_out(stage: Stage) -> None:
    account = imported(stage)
    asked = ask_for_back_fill(stage.world, ADMIN, PERIOD).what
    fill_date(stage.world, asked[0])
    stage.tell(account, arr=9_000)
    now = history(stage)

    do_asked(stage.world, ADMIN)

    assert now[-1] == ("moved", "churned", 100)
    assert history(stage) == now
    assert [run.summary.failed for run in runs(stage)] == [0] * 7
    assert verify(stage.world, ADMIN).flaws == []


def test_only_sweeps_and_back_fills_go_on(stage: Stage) -> None:
    imported(stage)
    evaluate_waiting(stage.world, ADMIN)
    with stage.world.database.reading() as connection:
        (evaluation,) = newest_runs(connection, 1)

    with pytest.raises(InvalidInput, match="only sweeps and back-fills go on"):
        resume_run(stage.world, ADMIN, evaluation.id)
    with pytest.raises(InvalidInput, match="there is no such run"):
        resume_run(stage.world, ADMIN, uuid4())
    with pytest.raises(InvalidInput, match="there is no back-fill"):
        resume_back_fill(stage.world, ADMIN, evaluation.id)


def test_a_period_of_too_many_dates_is_refused(stage: Stage) -> None:
    with pytest.raises(InvalidInput, match="the period has 1,441 dates; expected at most 1,000"):
        ask_for_back_fill(stage.world, ADMIN, Period(MONDAY, day(1), timedelta(minutes=1)))
