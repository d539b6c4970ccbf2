"""Measures that follow from CTAs, facts and other measures, in the same transaction as what they follow from."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.cta_work import EditCta
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.services.cta_work import CtaWorked, WorkOnCta, work_on_cta
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.health import Moment, accounts_at
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.store.decision import decision
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.series import fact_series
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
    """A person flags the account's CTA."""
    stage.clock.turn(minutes=1)
    opened = stage.open_ctas(account)["delayed"].id
    assert opened is not None
    outcome = work_on_cta(stage.world, CSM, WorkOnCta(account, opened, EditCta(flagged=True), stage.key()))
    assert isinstance(outcome, CtaWorked)


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


def test_a_derived_measure_of_the_past_follows_from_the_ctas_of_the_past(stage: Stage) -> None:
    account = signed(stage, days_ago=90)
    opened = stage.clock()
    flag(stage, account)
    flagged = stage.clock()
    stage.clock.turn(minutes=1)
    cta = stage.open_ctas(account)["delayed"].id
    assert cta is not None
    close_cta(stage.world, CSM, CloseCta(account, cta, CtaOutcome.SUCCESS, stage.key()))
    dates = [opened, flagged, stage.clock()]

    views = [accounts_at(stage.world, ADMIN, [account], Moment(date))[account] for date in dates]

    found = [part for view in views for part in view.explained_health[1].contributions if part.measure.key == "launch"]
    assert [part.value for part in found] == [60.0, 0.0, 100.0]


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
