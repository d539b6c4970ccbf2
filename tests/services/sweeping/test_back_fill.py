"""The past is evaluated on what was observed by then, and history never goes back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.sweeping.back_fill import Period, back_fill
from lifecycle_fsm.store.history import load_chain
from lifecycle_fsm.store.runs import BACK_FILL, newest_runs
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
        runs = newest_runs(connection, 10, BACK_FILL)
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
