"""The past replayed under a draft, beside what happened."""

from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.errors import Forbidden, InvalidInput
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.plan import Plan, plan
from lifecycle_fsm.services.publish import NotPublished
from lifecycle_fsm.services.simulate import Compared, Period, Simulation, simulate
from tests.builders import MONDAY, day
from tests.worlds import ADMIN, CSM, Stage, definitions

WEEK = Period(MONDAY, day(7), timedelta(days=1))


def changed(old: str = "", new: str = "") -> dict[str, bytes]:
    """The demo's definitions with a text of the mid-market segment replaced."""
    files = definitions("demo")
    text = files["segments/mid_market.yaml"].decode()
    assert old in text
    return {**files, "segments/mid_market.yaml": text.replace(old, new, 1).encode()}


def simulated(stage: Stage, files: dict[str, bytes], period: Period = WEEK) -> Simulation:
    result = simulate(stage.world, ADMIN, files, period)
    assert isinstance(result, Simulation)
    return result


@pytest.fixture
def account(stage: Stage) -> UUID:
    """A mid-market account, kicked off on day 1, in the renewal window from day 4 on, seven days old."""
    account = stage.sign(arr=30_000, renewal_on=400)
    stage.clock.turn(days=1)
    kickoff = stage.open_ctas(account)["kickoff_call"]
    assert kickoff.id is not None
    close_cta(stage.world, CSM, CloseCta(account, kickoff.id, CtaOutcome.SUCCESS, stage.key()))
    stage.clock.turn(days=3)
    stage.send(account, setup_completion=70)
    stage.clock.turn(days=3)
    return account


def test_the_same_definitions_give_what_happened(stage: Stage, account: UUID) -> None:
    result = simulated(stage, changed())

    assert (result.accounts, result.left_out) == (1, 0)
    assert [list(each.items()) for each in result.distribution.values()] == [
        [(("mid_market", "new_customer"), Compared(1, 1))],
        *[[(("mid_market", "onboarding"), Compared(1, 1))]] * 7,
    ]
    assert result.transitions == {("mid_market", "new_customer.kicked_off"): Compared(1, 1)}
    assert result.ctas == {"onboarding": Compared(1, 1)}


FINISHED = """\
            - {measure: setup_completion, at_least: 80}
            - any:
                - {plan: onboarding, is: completed}
                - {ctas: {reason: onboarding, status: closed, outcome: success, since: stage_entry}, at_least: 1}
"""
"""What onboarding asks for in the demo."""


def test_a_draft_moves_accounts_on_the_day_on_which_it_would_have(stage: Stage, account: UUID) -> None:
    loosened = changed(FINISHED, "            - {measure: setup_completion, at_least: 60}\n")
    mid_market = loosened["segments/mid_market.yaml"].replace(b"        requires: [first_login]\n", b"")
    loosened["segments/mid_market.yaml"] = mid_market

    result = simulated(stage, loosened)

    onboarding, adoption = ("mid_market", "onboarding"), ("mid_market", "adoption")
    assert result.distribution[day(3)] == {onboarding: Compared(1, 1)}
    assert result.distribution[day(4)] == {adoption: Compared(0, 1), onboarding: Compared(1, 0)}
    assert result.transitions == {
        ("mid_market", "new_customer.kicked_off"): Compared(1, 1),
        ("mid_market", "onboarding.onboarded"): Compared(0, 1),
    }
    assert result.ctas["adoption_review"] == Compared(0, 1)


def test_nothing_is_written(stage: Stage, account: UUID) -> None:
    before = stage.see(account).lifecycle

    simulated(stage, changed("at_least: 80", "at_least: 60"))

    assert stage.see(account).lifecycle == before
    made = plan(stage.world, ADMIN, changed(), Options(Existing.EVALUATE))
    assert isinstance(made, Plan)
    assert made.content.changes_nothing


def test_accounts_of_a_stage_that_the_draft_lacks_are_left_out(stage: Stage, account: UUID) -> None:
    files = {
        name: content.replace(b"new_customer", b"signed") if "mid_market" in name else content
        for name, content in definitions("demo").items()
    }
    files["segments/mid_market.yaml"] = files["segments/mid_market.yaml"].replace(
        b"signed_signed", b"new_customer_signed"
    )

    result = simulate(stage.world, ADMIN, files, WEEK)

    if isinstance(result, NotPublished):
        pytest.fail(str(result.diagnostics))
    assert (result.accounts, result.left_out) == (1, 1)


@pytest.mark.parametrize(
    "period",
    [
        Period(day(1), day(1), timedelta(days=1)),
        Period(MONDAY, day(1), timedelta(0)),
        Period(MONDAY, day(3_000), timedelta(days=1)),
    ],
)
def test_a_period_without_dates_or_with_too_many_is_refused(stage: Stage, period: Period) -> None:
    with pytest.raises(InvalidInput):
        simulate(stage.world, ADMIN, definitions("demo"), period)


def test_a_csm_may_not_simulate(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        simulate(stage.world, CSM, definitions("demo"), WEEK)
