"""How the alerts of an account stand: which are on, since when, and what each waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lifecycle_fsm.domain.lifecycle import AlertState
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import Alert, AlertLevel
from lifecycle_fsm.engine.rows import Row, guard_row, observed_row
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
    after an episode, None while it does not rest. `levels` are those of the alert, in their order.
    """

    alert: Alert
    state: AlertState | None
    is_watched: bool
    verdict: Verdict
    rests_until: datetime | None
    levels: tuple["LevelStanding", ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether an episode goes on."""
        return self.state is not None and self.state.is_on


@dataclass(frozen=True, slots=True)
class LevelStanding:
    """
    Say how one level of an alert stands for an account.

    `is_reached` says whether the episode that goes on has risen so far, or further.
    `old_enough_at` is when that episode has gone on for as long as the level asks; None
    while no episode goes on, and where it asks nothing. `verdict` is that of its condition,
    None where it has none.
    """

    level: AlertLevel
    is_reached: bool
    old_enough_at: datetime | None
    verdict: Verdict | None


def levels_of(alert: Alert, state: AlertState | None, row: Row, as_of_ms: int) -> tuple[LevelStanding, ...]:
    """How each level of an alert stands, in their order."""
    on = state if state is not None and state.is_on else None
    return tuple(
        LevelStanding(
            level=level,
            is_reached=on is not None and on.severity.rank >= level.severity.rank,
            old_enough_at=on.opened_at + timedelta(milliseconds=level.after_ms) if on and level.after_ms else None,
            verdict=None if level.when is None else explain(level.when, row, as_of_ms),
        )
        for level in alert.levels
    )


def alerts_of(view: AccountView) -> tuple[AlertStanding, ...]:
    """How each alert of the account's machine stands, in the order of the definition; none while no segment has it."""
    machine = view.machine
    if machine is None or not machine.alerts:
        return ()
    row, _ = guard_row(machine, view.lifecycle, view.facts, to_ms(view.as_of))
    told = observed_row(row, view.facts)
    stage = machine.stages[view.lifecycle.stage]
    found: list[AlertStanding] = []
    for alert in machine.alerts:
        state = view.lifecycle.alerts.get(alert.key)
        is_on = state is not None and state.is_on
        verdict = explain(over(alert) if is_on else alert.when, told, to_ms(view.as_of))
        watched = stage.key in alert.stages if alert.stages else not stage.final
        levels = levels_of(alert, state, row, to_ms(view.as_of))
        found.append(AlertStanding(alert, state, watched, verdict, _rests_until(alert, state, view.as_of), levels))
    return tuple(found)


def _rests_until(alert: Alert, state: AlertState | None, as_of: datetime) -> datetime | None:
    if state is None or state.cleared_at is None:
        return None
    until = state.cleared_at + timedelta(milliseconds=alert.cool_down_ms)
    return until if until > as_of else None
