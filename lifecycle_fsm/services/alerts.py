"""How the alerts of an account stand: which are on, since when, and what each waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lifecycle_fsm.domain.lifecycle import AlertState
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import Alert
from lifecycle_fsm.engine.rows import guard_row
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.verdict import Verdict
from lifecycle_fsm.services.views import AccountView


@dataclass(frozen=True, slots=True)
class AlertStanding:
    """
    Say how one alert stands for an account.

    `state` is its newest episode, None before the first. `is_watched` says whether it looks
    at the present stage. `verdict` is that of the condition that it waits for: that it is
    over while it is on, that it begins otherwise. `rests_until` is the end of its silence
    after an episode, None while it does not rest.
    """

    alert: Alert
    state: AlertState | None
    is_watched: bool
    verdict: Verdict
    rests_until: datetime | None

    @property
    def is_on(self) -> bool:
        """Whether an episode goes on."""
        return self.state is not None and self.state.is_on


def alerts_of(view: AccountView) -> tuple[AlertStanding, ...]:
    """How each alert of the account's machine stands, in the order of the definition; none while no segment has it."""
    machine = view.machine
    if machine is None or not machine.alerts:
        return ()
    row, _ = guard_row(machine, view.lifecycle, view.facts, to_ms(view.as_of))
    stage = machine.stages[view.lifecycle.stage]
    found: list[AlertStanding] = []
    for alert in machine.alerts:
        state = view.lifecycle.alerts.get(alert.key)
        is_on = state is not None and state.is_on
        verdict = explain(over(alert) if is_on else alert.when, row, to_ms(view.as_of))
        watched = stage.key in alert.stages if alert.stages else not stage.final
        found.append(AlertStanding(alert, state, watched, verdict, _rests_until(alert, state, view.as_of)))
    return tuple(found)


def _rests_until(alert: Alert, state: AlertState | None, as_of: datetime) -> datetime | None:
    if state is None or state.cleared_at is None:
        return None
    until = state.cleared_at + timedelta(milliseconds=alert.cool_down_ms)
    return until if until > as_of else None
