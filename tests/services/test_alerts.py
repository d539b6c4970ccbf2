"""The alerts of an account, and how long its stage may last."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.cta import Priority
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.lifecycle import AlertState
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.severity import EPISODE_OPENED_AT, SEVERITY_BEFORE
from lifecycle_fsm.services.alerts import alerts_of
from lifecycle_fsm.services.audit.decisions import decide_again
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.store.audit_rows import LogRow
from tests.worlds import ADMIN, Stage, a_stage, definitions


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url, "time") as opened:
        yield opened


def in_adoption(stage: Stage) -> UUID:
    """An account of the stage that the alert watches."""
    facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
    stage.register(AccountRow("ACME", "Acme", "ada", facts=facts))
    account = account_id_for("ACME")
    stage.send(account, usage__license_share=12)
    return account


def compiled() -> Machine:
    """The machine of the definitions about time."""
    configuration = compile_configuration(definitions("time")).configuration
    assert configuration is not None
    (machine,) = configuration.machines.values()
    return machine


def a_rise(machine: Machine, severity: str) -> LogRow:
    """The row of a rise on the first of January 1970, without what nobody reads."""
    effects = f'[{{"after":"{severity}","before":"medium","did":"severity_reached"}}]'
    return LogRow(
        account_id=b"",
        actor=None,
        cause="automatic",
        command_id=None,
        effective_at=1,
        effects=effects,
        evaluator="1",
        from_stage="adoption",
        inputs_hash=None,
        kind="alert_raised",
        machine=machine.digest,
        on_behalf_of=None,
        recorded_at=1,
        run_id=None,
        seq=2,
        subject="low_usage",
        to_stage="adoption",
        transition=None,
        trigger=None,
        prev_hash=b"",
        hash=b"",
    )


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


def test_an_episode_rises_by_data_and_by_time_and_its_proof_holds(stage: Stage) -> None:
    account = in_adoption(stage)
    stage.send(account, usage__logins_30d=10)
    opened_at = stage.clock()
    stage.clock.turn(days=1)
    stage.send(account, usage__logins_30d=4)
    (deep,) = alerts_of(stage.see(account))
    raised_at = stage.clock()
    stage.clock.turn(days=13)

    swept = sweep(stage.world, ADMIN)
    (long,) = alerts_of(stage.see(account))
    again = sweep(stage.world, ADMIN)

    assert deep.state == AlertState(1, opened_at, None, AlertSeverity.HIGH, raised_at)
    assert [(each.is_reached, each.old_enough_at) for each in deep.levels] == [
        (True, None),
        (False, opened_at + timedelta(days=14)),
    ]
    assert long.state == AlertState(1, opened_at, None, AlertSeverity.CRITICAL, stage.clock())
    assert (swept.disagreements, again.disagreements) == (0, 0)
    assert [cta.priority for cta in stage.open_ctas(account).values()] == [Priority.HIGH]
    assert verify(stage.world, ADMIN).flaws == []


def test_a_rise_that_its_inputs_do_not_allow_is_a_flaw() -> None:
    machine = compiled()
    inputs: dict[str, Value] = {
        "measure.usage.logins_30d": 4.0,
        "measure.usage.logins_30d@": 0,
        EPISODE_OPENED_AT: 0,
        SEVERITY_BEFORE: "medium",
    }
    rise = a_rise(machine, "high")

    assert decide_again(machine, rise, inputs) is None
    assert decide_again(machine, a_rise(machine, "critical"), inputs) == (
        "the alert rose to critical, but its inputs make it high"
    )
    assert decide_again(machine, rise, {**inputs, "measure.usage.logins_30d": 10.0}) == (
        "the alert rose to high, but its inputs do not allow it"
    )
    assert decide_again(machine, rise, {**inputs, SEVERITY_BEFORE: "high"}) == (
        "the alert rose to high, but its inputs do not allow it"
    )
    assert decide_again(machine, rise, {**inputs, SEVERITY_BEFORE: None}) == (
        "its inputs do not say what it rose from, and since when it was on"
    )


def test_limits_in_business_days_are_instants(stage: Stage) -> None:
    facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
    stage.register(AccountRow("ACME", "Acme", "ada", facts=facts))

    limits = stage.see(account_id_for("ACME")).limits

    assert limits.behind_after is not None
    assert limits.behind_after - stage.clock() == timedelta(days=44)
    assert limits.stuck_after is not None
    assert limits.stuck_after > limits.behind_after
