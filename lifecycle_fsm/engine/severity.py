"""The levels of alerts: how grave an episode is, decided on data and on its age."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.lifecycle import AlertState
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.machine import Alert, AlertLevel, Machine
from lifecycle_fsm.guards.model import Guard
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard

EPISODE_OPENED_AT = "alert.opened_at"
"""Among the inputs of a rise: when the episode was opened, in milliseconds since 1970."""
SEVERITY_BEFORE = "alert.severity"
"""Among the inputs of a rise: how grave the episode was before."""


def level_reached(
    machine: Machine, key: str, values: tuple[Value, ...], opened_at_ms: int, as_of_ms: int
) -> AlertLevel | None:
    """
    The gravest level of an alert that holds in an episode opened then; None for none.

    `values` are those of the machine's fields, in their order. A level whose condition is
    unknown does not hold.
    """
    age_ms = as_of_ms - opened_at_ms
    for level, judge in reversed(_judges(machine)[key]):
        if age_ms >= level.after_ms and (judge is None or judge(values, as_of_ms) is True):
            return level
    return None


def levels_ahead(alert: Alert, state: AlertState) -> Iterator[AlertLevel]:
    """The levels that an episode may still rise to."""
    return (level for level in alert.levels if level.severity.rank > state.severity.rank)


def rise_instants(alert: Alert, state: AlertState) -> Iterator[int]:
    """When the levels that an episode may still rise to are old enough, in milliseconds since 1970."""
    return (to_ms(state.opened_at) + level.after_ms for level in levels_ahead(alert, state) if level.after_ms)


def condition_of(machine: Machine, key: str | None, severity: AlertSeverity) -> Guard | None:
    """The condition of a level of an alert; None where only time asks for it, or where the rules lack it."""
    levels = (level for alert in machine.alerts if alert.key == key for level in alert.levels)
    return next((level.when for level in levels if level.severity is severity), None)


@lru_cache(maxsize=256)
def _judges(machine: Machine) -> Mapping[str, tuple[tuple[AlertLevel, CompiledGuard | None], ...]]:
    keys = tuple(field.key for field in machine.fields)
    return {
        alert.key: tuple(
            (level, None if level.when is None else compile_guard(level.when, keys)) for level in alert.levels
        )
        for alert in machine.alerts
    }
