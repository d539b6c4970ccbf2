"""Alerts: conditions that open CTAs without moving the account, one episode at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from lifecycle_fsm.domain.cta import CtaOutcome, CtaSelector
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import AlertState, Lifecycle
from lifecycle_fsm.engine.machine import Alert, Machine
from lifecycle_fsm.engine.outcomes import Done, Step
from lifecycle_fsm.engine.perform import close_ctas, perform
from lifecycle_fsm.engine.situation import Situation
from lifecycle_fsm.guards.model import Guard, Not
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard


def watch(situation: Situation, cause: Cause, acted: Collection[str | None]) -> Situation:
    """Open and clear alerts as their conditions say, but for those that have `acted` in this evaluation."""
    for alert in situation.machine.alerts:
        if alert.key in acted:
            continue
        state = situation.lifecycle.alerts.get(alert.key)
        if state is not None and state.is_on:
            situation = _clear_if_over(situation, alert, state, cause)
        elif _may_open(situation, alert, state) and _is_true(situation, _judges(situation.machine)[alert.key].when):
            situation = situation.after(_opening(situation, alert, state, cause))
    return situation


def _clear_if_over(situation: Situation, alert: Alert, state: AlertState, cause: Cause) -> Situation:
    if is_watched(situation, alert) and not _is_true(situation, _judges(situation.machine)[alert.key].over):
        return situation
    return situation.after(_clearing(situation, alert, state, cause))


def _may_open(situation: Situation, alert: Alert, state: AlertState | None) -> bool:
    if not is_watched(situation, alert):
        return False
    if state is None or state.cleared_at is None:
        return True
    return situation.as_of - state.cleared_at >= timedelta(milliseconds=alert.cool_down_ms)


def is_watched(situation: Situation, alert: Alert) -> bool:
    """Whether the alert looks at accounts in the present stage."""
    return situation.lifecycle.stage in alert.stages if alert.stages else not situation.stage.final


def over(alert: Alert) -> Guard:
    """The condition that ends an episode of the alert."""
    return Not(alert.when) if alert.clear_when is None else alert.clear_when


@dataclass(frozen=True, slots=True)
class _Judges:
    """The compiled conditions of an alert: that it begins, and that it is over."""

    when: CompiledGuard
    over: CompiledGuard


def _is_true(situation: Situation, judge: CompiledGuard) -> bool:
    return judge(tuple(situation.row.values()), situation.as_of_ms) is True


@lru_cache(maxsize=256)
def _judges(machine: Machine) -> Mapping[str, _Judges]:
    """By the alert's key: a whole guard as key would be hashed and compared each time."""
    keys = tuple(field.key for field in machine.fields)
    return {
        alert.key: _Judges(compile_guard(alert.when, keys), compile_guard(over(alert), keys))
        for alert in machine.alerts
    }


def _opening(situation: Situation, alert: Alert, state: AlertState | None, cause: Cause) -> Step:
    episode = AlertState(1 if state is None else state.episode + 1, situation.as_of)
    lifecycle = _with_alert(situation.lifecycle, alert, episode)
    performed = perform(situation.machine, lifecycle, alert.effects, situation.as_of, facts=situation.facts)
    return _step(situation, RecordKind.ALERT_OPENED, alert, performed.lifecycle, performed.done, cause)


def _clearing(situation: Situation, alert: Alert, state: AlertState, cause: Cause) -> Step:
    lifecycle = _with_alert(situation.lifecycle, alert, replace(state, cleared_at=situation.as_of))
    done: tuple[Done, ...] = ()
    for effect in alert.effects if alert.closes else ():
        selector = CtaSelector(template=effect.template, status="open")
        lifecycle, closed = close_ctas(lifecycle, selector, CtaOutcome.RECOVERED, situation.as_of)
        done += closed
    return _step(situation, RecordKind.ALERT_CLEARED, alert, lifecycle, done, cause)


def _with_alert(lifecycle: Lifecycle, alert: Alert, state: AlertState) -> Lifecycle:
    alerts = {**lifecycle.alerts, alert.key: state}
    return replace(lifecycle, revision=lifecycle.revision + 1, alerts=alerts)


def _step(
    situation: Situation, kind: RecordKind, alert: Alert, lifecycle: Lifecycle, done: tuple[Done, ...], cause: Cause
) -> Step:
    return Step(
        kind=kind,
        cause=cause,
        from_stage=situation.lifecycle.stage,
        lifecycle=lifecycle,
        effective_at=situation.as_of,
        subject=alert.key,
        done=done,
        inputs=situation.row,
    )
