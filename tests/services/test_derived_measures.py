"""Measures that follow from CTAs, facts and other measures, in the same transaction as what they follow from."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.store.decision import decision
from lifecycle_fsm.store.facts import fact_series
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.tables.ctas import cta as cta_table
from lifecycle_fsm.store.waiting import mark_waiting
from tests.worlds import ADMIN, CSM, Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store with the machines of the health fixture."""
    with a_stage(database_url, "health") as opened:
        yield opened


def signed(stage: Stage, days_ago: int) -> UUID:
    """An account whose contract began so many days ago."""
    start: date = (stage.clock() - timedelta(days=days_ago)).date()
    stage.register(AccountRow("ACME", "Acme", "ada", facts={"contract.start_on": start.isoformat()}))
    return account_id_for("ACME")


def measured(stage: Stage, account: UUID) -> dict[str, Value]:
    """What the account's derived measures are and do to its score."""
    _, explained = stage.see(account).explained_health
    return {part.measure.key: part.value for part in explained.contributions if part.measure.is_derived}


def series(stage: Stage, account: UUID, key: str) -> list[Value]:
    with stage.world.database.reading() as connection:
        begin = stage.clock() - timedelta(days=1000)
        return [each.value for each in fact_series(connection, account, key, begin, stage.clock())]


def flag(stage: Stage, account: UUID) -> None:
    """Flag the account's CTAs as the database keeps it, and look at the account again."""
    stage.clock.turn(minutes=1)
    with stage.world.database.writing() as connection:
        connection.execute(update(cta_table).where(cta_table.c.account_id == account).values(flagged=True))
        mark_waiting(connection, [account], "test", stage.clock())
    evaluate_waiting(stage.world, ADMIN)


def test_an_open_cta_lowers_the_measure_a_flagged_one_more_and_a_closed_one_not(stage: Stage) -> None:
    account = signed(stage, days_ago=10)
    assert measured(stage, account)["launch"] == 100.0
    stage.clock.turn(days=80)
    evaluate_waiting(stage.world, ADMIN)

    assert measured(stage, account)["launch"] == 60.0
    flag(stage, account)

    assert (measured(stage, account)["launch"], stage.see(account).lifecycle.stage) == (0.0, "rescue")
    stage.clock.turn(minutes=1)
    opened = stage.open_ctas(account)["delayed"].id
    assert opened is not None
    close_cta(stage.world, CSM, CloseCta(account, opened, CtaOutcome.SUCCESS, stage.key()))

    assert (measured(stage, account)["launch"], stage.see(account).lifecycle.stage) == (100.0, "onboarding")
    assert series(stage, account, "derived.launch") == [100.0, 60.0, 0.0, 100.0]


@pytest.mark.parametrize(
    ("days", "utilisation", "score"),
    [
        (100, 9.9, 0.0),
        (100, 10, 60.0),
        (100, 50, 60.0),
        (100, 51, 100.0),
        (182, 51, 100.0),
        (183, 51, 60.0),
        (183, 76, 100.0),
        (273, 51, 60.0),
        (274, 75, 0.0),
        (274, 76, 100.0),
    ],
)
def test_the_licences_are_judged_by_the_age_of_the_contract(
    stage: Stage, days: int, utilisation: float, score: float
) -> None:
    account = signed(stage, days)
    stage.send(account, utilisation=utilisation)

    assert measured(stage, account)["licences"] == score


def test_a_case_that_is_unknown_leaves_the_measure_unknown(stage: Stage) -> None:
    account = signed(stage, 100)

    assert measured(stage, account)["licences"] is None


def test_a_derived_measure_changes_at_its_instant_when_it_follows_from_days(stage: Stage) -> None:
    account = signed(stage, 100)
    stage.send(account, utilisation=51)

    due = stage.see(account).next_check_at
    stage.clock.turn(days=83)
    evaluate_waiting(stage.world, ADMIN)

    assert due is not None
    assert due <= stage.clock()
    assert measured(stage, account)["licences"] is None  # the value of a month and more ago is stale
    stage.send(account, utilisation=51)
    assert measured(stage, account)["licences"] == 60.0


def test_guards_in_sql_read_the_derived_measure_as_the_engine_does(stage: Stage) -> None:
    account = signed(stage, 100)
    stage.send(account, utilisation=60)
    machine = stage.see(account).machine
    assert machine is not None

    with stage.world.database.reading() as connection:
        as_of_ms = int(stage.clock().timestamp() * 1000)
        rows = connection.execute(decision(machine, load_layout(connection), as_of_ms)).all()

    assert stage.see(account).lifecycle.stage == "onboarding"
    assert [(row.transition, row.held) for row in rows] == [(None, False)]
