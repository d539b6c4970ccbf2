"""Alerts: conditions that open CTAs without moving the account, one episode at a time."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.effects import OpenCta
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import AlertState, Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.machine import Alert, AlertLevel, Machine
from lifecycle_fsm.engine.outcomes import CtaClosed, Done, SeverityReached, Step
from lifecycle_fsm.engine.perform import close_ctas, perform
from lifecycle_fsm.engine.severity import EPISODE_OPENED_AT, SEVERITY_BEFORE, level_reached
from lifecycle_fsm.engine.situation import Situation
from lifecycle_fsm.guards.model import Guard, Not
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard

CLEARED_CTAS = "alert.closes"
"""Among the inputs of a clearing: the cause keys of the CTAs that were open for it to close, joined by commas."""


def watch(situation: Situation, cause: Cause, acted: Collection[str | None]) -> Situation:
    """
    Open, raise and clear alerts as their conditions say.

    Those that have `acted` in this evaluation neither open nor clear again.
    """
    for alert in situation.machine.alerts:
        state = situation.lifecycle.alerts.get(alert.key)
        if state is not None and state.is_on:
            situation = _go_on(situation, alert, state, cause, rests=alert.key in acted)
        elif alert.key not in acted and _may_open(situation, alert, state) and _begins(situation, alert):
            situation = situation.after(_opening(situation, alert, state, cause))
    return situation


def _go_on(situation: Situation, alert: Alert, state: AlertState, cause: Cause, *, rests: bool) -> Situation:
    if is_watched(situation, alert) and not _is_true(situation, _judges(situation.machine)[alert.key].over):
        return _rise(situation, alert, state, cause)
    return situation if rests else situation.after(_clearing(situation, alert, state, cause))


def _rise(situation: Situation, alert: Alert, state: AlertState, cause: Cause) -> Situation:
    level = _level(situation, alert, state.opened_at)
    if level is None or level.severity.rank <= state.severity.rank:
        return situation
    return situation.after(_raising(situation, alert, state, level, cause))


def _level(situation: Situation, alert: Alert, opened_at: datetime) -> AlertLevel | None:
    values = tuple(situation.row.values())
    return level_reached(situation.machine, alert.key, values, to_ms(opened_at), situation.as_of_ms)


def _begins(situation: Situation, alert: Alert) -> bool:
    return _is_true(situation, _judges(situation.machine)[alert.key].when)


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
    level = _level(situation, alert, situation.as_of)
    severity = alert.severity if level is None else level.severity
    number = 1 if state is None else state.episode + 1
    lifecycle = _with_alert(situation.lifecycle, alert, AlertState(number, situation.as_of, severity=severity))
    effects = alert.effects if level is None else tuple(urgent(situation.machine, alert, level))
    performed = perform(situation.machine, lifecycle, effects, situation.as_of, facts=situation.facts)
    # What is not said is of the severity that alerts have by default.
    grave = () if severity is AlertSeverity.MEDIUM else (SeverityReached(None, severity),)
    return _step(situation, RecordKind.ALERT_OPENED, alert, performed.lifecycle, (*performed.done, *grave), cause)


def _raising(situation: Situation, alert: Alert, state: AlertState, level: AlertLevel, cause: Cause) -> Step:
    """The episode gets graver: its open CTAs get the level's priority, one that was closed meanwhile opens again."""
    raised = replace(state, severity=level.severity, raised_at=situation.as_of)
    lifecycle = _with_alert(situation.lifecycle, alert, raised)
    effects = urgent(situation.machine, alert, level)
    performed = perform(situation.machine, lifecycle, effects, situation.as_of, facts=situation.facts)
    done = (*performed.done, SeverityReached(state.severity, level.severity))
    step = _step(situation, RecordKind.ALERT_RAISED, alert, performed.lifecycle, done, cause)
    evidence = {EPISODE_OPENED_AT: to_ms(state.opened_at), SEVERITY_BEFORE: state.severity.value}
    return replace(step, inputs={**step.inputs, **evidence})


def urgent(machine: Machine, alert: Alert, level: AlertLevel) -> Iterator[OpenCta]:
    """The CTAs of the alert with the priority of the level, or with their own where that is higher."""
    for effect in alert.effects:
        own = effect.priority or machine.catalog.templates[effect.template].priority
        yield OpenCta(effect.template, max(own, level.priority, key=lambda priority: priority.rank))


def _clearing(situation: Situation, alert: Alert, state: AlertState, cause: Cause) -> Step:
    lifecycle = _with_alert(situation.lifecycle, alert, replace(state, cleared_at=situation.as_of))
    lifecycle, done = close_ctas_of(alert, lifecycle, CtaOutcome.RECOVERED, situation.as_of)
    step = _step(situation, RecordKind.ALERT_CLEARED, alert, lifecycle, done, cause)
    closed_keys = ",".join(each.cause_key for each in done if isinstance(each, CtaClosed))
    return replace(step, inputs={**step.inputs, CLEARED_CTAS: closed_keys})


def close_ctas_of(
    alert: Alert, lifecycle: Lifecycle, outcome: CtaOutcome, as_of: datetime
) -> tuple[Lifecycle, tuple[Done, ...]]:
    """The account once an episode of the alert is over: its CTAs are closed, unless the alert leaves them to people."""
    done: tuple[Done, ...] = ()
    for effect in alert.effects if alert.closes else ():
        selector = CtaSelector(templates=(effect.template,), status="open")
        lifecycle, closed = close_ctas(lifecycle, selector, outcome, as_of)
        done += closed
    return lifecycle, done


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
