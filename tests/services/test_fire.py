"""A person fires a trigger."""

from dataclasses import replace
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.errors import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    LifecycleError,
    StaleRevision,
    UnknownAccount,
)
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.fire import Fired, FireTransition, GuardRefused, TriggerUnknown, fire_transition
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.views import HistoryRecord
from tests.worlds import ADMIN, CSM, FEED, VIEWER, Stage


@pytest.fixture
def account(stage: Stage) -> UUID:
    """An enterprise account that has just been kicked off."""
    account = stage.sign(arr=250_000)
    kickoff = stage.open_ctas(account)["kickoff_call"]
    assert kickoff.id is not None
    close_cta(stage.world, CSM, CloseCta(account, kickoff.id, CtaOutcome.SUCCESS, stage.key()))
    assert stage.see(account).lifecycle.stage == "kicked_off"
    return account


def history(stage: Stage, account: UUID) -> list[HistoryRecord]:
    page = page_history(stage.world, ADMIN, [account], PageRequest(100))[account]
    return list(page.items)


def test_moves_the_account_and_records_who_did_it(stage: Stage, account: UUID) -> None:
    stage.send(account, setup_completion=0)
    revision = stage.see(account).lifecycle.revision
    refused = fire_transition(stage.world, CSM, FireTransition(account, "start_onboarding", "k1"))
    assert isinstance(refused, GuardRefused)

    wanted = FireTransition(account, "start_onboarding", "k2", revision + 1, "set-up began on site", override=True)
    fired = fire_transition(stage.world, ADMIN, wanted)

    assert isinstance(fired, Fired)
    first = fired.records[0]
    assert (first.kind, first.from_stage, first.to_stage) == (RecordKind.MOVED, "kicked_off", "onboarding")
    assert (first.cause, first.actor, first.reason) == (Cause.OVERRIDE, "root", "set-up began on site")
    assert [effect["did"] for effect in first.effects] == ["cta_opened"]
    assert fired.account.lifecycle.stage == "onboarding"


def test_a_refusal_says_what_is_missing_and_is_kept(stage: Stage, account: UUID) -> None:
    stage.send(account, setup_completion=0)
    before = stage.see(account)

    outcome = fire_transition(stage.world, CSM, FireTransition(account, "start_onboarding", "k1"))

    assert isinstance(outcome, GuardRefused)
    (judged,) = outcome.judged
    (leaf,) = judged.verdict.leaves()
    assert (leaf.actual, leaf.required, leaf.truth) == ("0 %", "above 0 %", False)
    newest = history(stage, account)[0]
    assert (newest.kind, newest.transition, newest.actor) == (RecordKind.REFUSED, "set_up_started", "ada")
    assert outcome.account.lifecycle.stage == before.lifecycle.stage
    assert len(outcome.account.lifecycle.ctas) == len(before.lifecycle.ctas)


def test_an_unknown_trigger_names_those_that_the_stage_has(stage: Stage, account: UUID) -> None:
    rows = len(history(stage, account))

    outcome = fire_transition(stage.world, CSM, FireTransition(account, "lunch", "k1"))

    assert isinstance(outcome, TriggerUnknown)
    assert outcome.offered == ("churn", "expect_churn", "start_onboarding")
    assert len(history(stage, account)) == rows


def test_people_cannot_fire_what_data_fires(stage: Stage, account: UUID) -> None:
    outcome = fire_transition(stage.world, CSM, FireTransition(account, "auto", "k1"))

    assert isinstance(outcome, TriggerUnknown)


def test_the_same_key_gives_the_first_outcome_again(stage: Stage, account: UUID) -> None:
    refused = fire_transition(stage.world, CSM, FireTransition(account, "start_onboarding", "k1"))
    assert isinstance(refused, GuardRefused)
    stage.send(account, setup_completion=10)
    rows = len(history(stage, account))

    again = fire_transition(stage.world, CSM, FireTransition(account, "start_onboarding", "k1"))

    assert isinstance(again, GuardRefused)
    assert again.replayed
    assert [each.verdict for each in again.judged] == [each.verdict for each in refused.judged]
    assert len(history(stage, account)) == rows


def test_a_key_belongs_to_one_command(stage: Stage, account: UUID) -> None:
    fire_transition(stage.world, CSM, FireTransition(account, "start_onboarding", "k1"))

    with pytest.raises(IdempotencyConflict, match="'k1' was used for another command"):
        fire_transition(stage.world, CSM, FireTransition(account, "churn", "k1"))


def test_stops_who_saw_an_older_account(stage: Stage, account: UUID) -> None:
    revision = stage.see(account).lifecycle.revision
    fire_transition(stage.world, CSM, FireTransition(account, "start_onboarding", "k1"))
    rows = len(history(stage, account))

    with pytest.raises(StaleRevision) as caught:
        fire_transition(stage.world, CSM, FireTransition(account, "start_onboarding", "k2", revision))

    assert (caught.value.expected, caught.value.actual) == (revision, revision + 1)
    assert len(history(stage, account)) == rows


@pytest.mark.parametrize(
    ("changes", "actor", "error"),
    [
        ({}, VIEWER, Forbidden),
        ({}, FEED, Forbidden),
        ({"override": True, "reason": "because"}, CSM, Forbidden),
        ({"override": True}, ADMIN, InvalidInput),
        ({"reason": " "}, CSM, InvalidInput),
        ({"idempotency_key": ""}, CSM, InvalidInput),
        ({"idempotency_key": "x" * 201}, CSM, InvalidInput),
        ({"idempotency_key": "line\nbreak"}, CSM, InvalidInput),
        ({"account_id": uuid4()}, CSM, UnknownAccount),
    ],
)
def test_refuses_what_it_cannot_do_and_changes_nothing(
    stage: Stage, account: UUID, changes: dict[str, object], actor: object, error: type[LifecycleError]
) -> None:
    wanted = replace(FireTransition(account, "start_onboarding", "k1"), **changes)  # type: ignore[arg-type]
    rows = len(history(stage, account))

    with pytest.raises(error):
        fire_transition(stage.world, actor, wanted)  # type: ignore[arg-type]

    assert len(history(stage, account)) == rows


def test_sixteen_people_at_once_each_get_their_turn(stage: Stage, account: UUID) -> None:
    stage.send(account, setup_completion=0)
    start = Barrier(16)
    outcomes: list[object] = []

    def fire(number: int) -> None:
        start.wait()
        outcomes.append(fire_transition(stage.world, CSM, FireTransition(account, "start_onboarding", f"k{number}")))

    before = stage.see(account).lifecycle.revision
    threads = [Thread(target=fire, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [type(outcome) for outcome in outcomes] == [GuardRefused] * 16
    assert stage.see(account).lifecycle.revision == before + 16
    assert [record.seq for record in history(stage, account)][:16] == list(range(before + 16, before, -1))
