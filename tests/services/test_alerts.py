"""The alerts of an account, and how long its stage may last."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.alerts import alerts_of
from lifecycle_fsm.services.register import AccountRow
from tests.worlds import Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url, "time") as opened:
        yield opened


def test_an_alert_says_since_when_it_is_on_and_what_ends_it(stage: Stage) -> None:
    facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
    stage.register(AccountRow("ACME", "Acme", "ada", facts=facts))
    account = account_id_for("ACME")
    (before,) = alerts_of(stage.see(account))
    stage.send(account, usage__license_share=12)
    stage.clock.turn(days=1)
    opened_at = stage.clock()

    stage.send(account, usage__logins_30d=5)
    (on,) = alerts_of(stage.see(account))
    stage.clock.turn(days=1)
    stage.send(account, usage__logins_30d=50)
    (over,) = alerts_of(stage.see(account))

    assert (before.is_watched, before.is_on, before.state) == (False, False, None)
    assert on.state is not None
    assert (on.is_watched, on.is_on, on.state.episode, on.state.opened_at) == (True, True, 1, opened_at)
    assert [(leaf.required, leaf.truth) for leaf in on.verdict.leaves()] == [("at least 40 logins", False)]
    assert over.state is not None
    assert (over.is_on, over.state.cleared_at, over.rests_until) == (False, stage.clock(), None)


def test_limits_in_business_days_are_instants(stage: Stage) -> None:
    facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
    stage.register(AccountRow("ACME", "Acme", "ada", facts=facts))

    limits = stage.see(account_id_for("ACME")).limits

    assert limits.behind_after is not None
    assert limits.behind_after - stage.clock() == timedelta(days=44)
    assert limits.stuck_after is not None
    assert limits.stuck_after > limits.behind_after
