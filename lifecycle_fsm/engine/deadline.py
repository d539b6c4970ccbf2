"""The first instant at which time alone may change what an evaluation finds."""

from collections.abc import Iterator, Mapping

from lifecycle_fsm.domain.fields import (
    HEALTH_SCORE,
    STAGE_ENTERED_AT,
    ZONE_SHIFT,
    Value,
    baseline_key,
    is_derived_measure,
)
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.engine.achievement import awaited
from lifecycle_fsm.engine.alerting import is_watched, over
from lifecycle_fsm.engine.cta_rules import rest_deadlines
from lifecycle_fsm.engine.expectation import misses
from lifecycle_fsm.engine.machine import AUTO, Alert
from lifecycle_fsm.engine.overdue import limits_of
from lifecycle_fsm.engine.severity import levels_ahead, rise_instants
from lifecycle_fsm.engine.situation import Situation
from lifecycle_fsm.guards.deadlines import next_change
from lifecycle_fsm.guards.model import Guard


def next_deadline(situation: Situation) -> int | None:
    """
    The earliest of all deadlines after the evaluation date, in milliseconds since 1970; None when there is none.

    Counts automatic transitions, milestones, alerts, derived measures, CTAs that rest, recur, close or grow old, the
    limits of the stage, the ageing of scored measures, the ends of overrides, the beginning and
    the end of a pause, and the turning of the clocks that days are counted by.
    While a pause lasts, neither the age of the stage nor `for` makes any.
    """
    return min((at for at in _deadlines(situation) if at > situation.as_of_ms), default=None)


def _deadlines(situation: Situation) -> Iterator[int]:
    row, pause = _row_of_time(situation), situation.lifecycle.pause
    if pause is not None:
        yield from (to_ms(at) for at in (pause.since, pause.until) if at is not None)
    for guard in _watched_guards(situation):
        at = next_change(guard, row, situation.as_of_ms)
        if at is not None:
            yield at
    if ZONE_SHIFT.key in row:
        yield situation.zone.next_change(situation.as_of_ms)
    yield from _limits(situation)
    yield from misses(situation)
    yield from _staleness(situation)
    yield from _baseline_changes(situation)
    yield from _ages_of_ctas(situation)
    yield from rest_deadlines(situation)
    yield from (to_ms(override.until) for override in situation.lifecycle.overrides.values())


def _row_of_time(situation: Situation) -> Mapping[str, Value]:
    """What time acts on: while a pause goes on, not the clocks that stand still."""
    if not situation.lifecycle.stands_still(situation.as_of):
        return situation.row
    still = {key: None for key in situation.row if key == STAGE_ENTERED_AT.key or key.startswith("held.")}
    return {**situation.row, **still}


def _watched_guards(situation: Situation) -> Iterator[Guard]:
    for transition in situation.machine.exits[situation.lifecycle.stage]:
        if AUTO in transition.triggers:
            yield transition.guard(AUTO)
    for alert in situation.machine.alerts:
        if is_watched(situation, alert):
            yield from _awaited(situation, alert)
    for rule in situation.machine.cta_rules:
        if rule.closes_when is not None:
            yield rule.closes_when
    for derivation in situation.machine.derivations.values():
        yield from (case.when for case in derivation.cases)
    yield from (achievement.when for achievement in awaited(situation))


def _awaited(situation: Situation, alert: Alert) -> Iterator[Guard]:
    """The conditions that an alert waits for: that it is over or graver while it is on, that it begins otherwise."""
    state = situation.lifecycle.alerts.get(alert.key)
    if state is None or not state.is_on:
        yield alert.when
        return
    yield over(alert)
    yield from (level.when for level in levels_ahead(alert, state) if level.when is not None)


def _rises(situation: Situation, alert: Alert) -> Iterator[int]:
    state = situation.lifecycle.alerts.get(alert.key)
    if state is not None and state.is_on and is_watched(situation, alert):
        yield from rise_instants(alert, state)


def _baseline_changes(situation: Situation) -> Iterator[int]:
    """When what a change over a window is reckoned from becomes another value."""
    for key, window_ms in situation.machine.baselines:
        before = baseline_key(key, window_ms)
        until = situation.facts.values.get(f"{before}.until")
        if isinstance(until, int):
            yield until
        elif _is_new(situation, key, before):
            yield situation.as_of_ms + window_ms


def _is_new(situation: Situation, key: str, before: str) -> bool:
    """Whether the evaluation has found another value than history has, which gets it with the evaluation."""
    if key == HEALTH_SCORE.key:
        return situation.health.score != situation.facts.values.get(before)
    return is_derived_measure(key) and situation.row.get(key) != situation.facts.values.get(before)


def _ages_of_ctas(situation: Situation) -> Iterator[int]:
    """When CTAs come to be, or cease to be, of the age in which a condition counts them."""
    for selector in situation.machine.timed_selectors:
        yield from map(to_ms, selector.instants(situation.lifecycle.ctas))


def _cool_down(situation: Situation, alert: Alert) -> Iterator[int]:
    state = situation.lifecycle.alerts.get(alert.key)
    if alert.cool_down_ms and state is not None and state.cleared_at is not None:
        yield to_ms(state.cleared_at) + alert.cool_down_ms


def _limits(situation: Situation) -> Iterator[int]:
    limits = limits_of(situation.machine, situation.lifecycle, situation.zone)
    noted = situation.lifecycle.noted_pace
    goes = not situation.lifecycle.stands_still(situation.as_of)
    if goes and limits.behind_after is not None and noted.rank < Pace.BEHIND.rank:
        yield to_ms(limits.behind_after) + 1
    if goes and limits.stuck_after is not None and noted.rank < Pace.STUCK.rank:
        yield to_ms(limits.stuck_after) + 1
    for alert in situation.machine.alerts:
        yield from _cool_down(situation, alert)
        yield from _rises(situation, alert)


def _staleness(situation: Situation) -> Iterator[int]:
    values = situation.facts.values
    for measure in situation.machine.scorecard.for_stage(situation.lifecycle.stage):
        if measure.stale_after_ms is not None:
            observed_at_ms = values.get(f"{measure.field_key}@")
            if isinstance(observed_at_ms, int):
                yield observed_at_ms + measure.stale_after_ms
