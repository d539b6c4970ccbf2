"""How long an account was in its stages, visit by visit."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.fire import Fired, FireTransition, fire_transition
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.undo import UndoRun, undo_run
from lifecycle_fsm.services.visits import Visit, all_visits, past_visits, totals_of
from tests.worlds import ADMIN, CSM, VIEWER, Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url, "time") as opened:
        yield opened


def visits(stage: Stage, account: UUID) -> tuple[Visit, ...]:
    return all_visits(stage.see(account), past_visits(stage.world, VIEWER, [account]).get(account, ()))


def sign(stage: Stage) -> UUID:
    facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
    stage.register(AccountRow("ACME", "Acme", "ada", facts=facts))
    return account_id_for("ACME")


def fire(stage: Stage, account: UUID, trigger: str) -> None:
    assert isinstance(fire_transition(stage.world, CSM, FireTransition(account, trigger, stage.key())), Fired)


def test_an_account_that_has_not_left_has_one_visit(stage: Stage) -> None:
    account = sign(stage)
    entered_at = stage.clock()
    stage.clock.turn(days=10)

    (only,) = visits(stage, account)

    assert (only.stage, only.entered_at, only.exited_at, only.spent) == (
        "onboarding",
        entered_at,
        None,
        timedelta(days=10),
    )
    # Thirty business days from 2 March 2026 in Germany, with Good Friday and Easter Monday on their way.
    assert (only.expected, only.variance) == (timedelta(days=44), timedelta(days=-34))


def test_visits_are_judged_by_what_was_expected_of_them(stage: Stage) -> None:
    account = sign(stage)
    stage.clock.turn(days=50)
    stage.send(account, usage__license_share=12)
    stage.clock.turn(days=3)

    onboarding, adoption = visits(stage, account)

    assert (onboarding.spent, onboarding.expected, onboarding.variance) == (
        timedelta(days=50),
        timedelta(days=44),
        timedelta(days=6),
    )
    assert (onboarding.to_stage, onboarding.transition) == ("adoption", "onboarded")
    assert onboarding.exited_at == adoption.entered_at
    assert (adoption.spent, adoption.expected, adoption.variance) == (timedelta(days=3), None, None)


def test_time_adds_up_over_all_visits(stage: Stage) -> None:
    account = sign(stage)
    stage.clock.turn(days=50)
    stage.send(account, usage__license_share=12)
    stage.clock.turn(days=3)
    fire(stage, account, "implement_again")
    stage.clock.turn(days=10)

    onboarding, adoption = totals_of(visits(stage, account))

    # First value stays reached, so that the second implementation is over at once.
    assert (len(onboarding.visits), onboarding.latest.spent, onboarding.cumulative) == (
        2,
        timedelta(0),
        timedelta(days=50),
    )
    again = onboarding.latest.variance
    assert again is not None
    assert onboarding.variance == timedelta(days=6) + again
    assert (len(adoption.visits), adoption.latest.exited_at, adoption.latest.spent, adoption.cumulative) == (
        2,
        None,
        timedelta(days=10),
        timedelta(days=13),
    )


def test_what_ended_after_the_account_was_read_is_still_running(stage: Stage) -> None:
    account = sign(stage)
    view = stage.see(account)
    stage.clock.turn(days=50)
    stage.send(account, usage__license_share=12)

    (only,) = all_visits(view, past_visits(stage.world, VIEWER, [account])[account])

    assert (only.stage, only.exited_at) == ("onboarding", None)


def test_an_undone_move_is_no_visit(stage: Stage) -> None:
    account = sign(stage)
    stage.clock.turn(days=50)
    run_id = stage.send(account, usage__license_share=12).records[0].run_id
    assert run_id is not None

    undo_run(stage.world, ADMIN, UndoRun(run_id, "the figures were of another account"))

    (only,) = visits(stage, account)
    assert (only.stage, only.exited_at, only.spent) == ("onboarding", None, timedelta(days=50))
