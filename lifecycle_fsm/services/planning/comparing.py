"""Two versions compared for the accounts between them: which conditions differ, and whether SQL can tell."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lifecycle_fsm.domain.calendars import Span
from lifecycle_fsm.domain.fields import CAME_FROM
from lifecycle_fsm.domain.landing import Landing
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import Alert, Machine, Transition
from lifecycle_fsm.engine.migrate import Route
from lifecycle_fsm.guards.model import Guard
from lifecycle_fsm.store.layout import OWN_COLUMNS, is_observed
from lifecycle_fsm.store.population import ChangedExit, Comparison


def comparison(route: Route) -> Comparison | None:
    """What to look for set-wise; None where the hot rows of the old version lack what the new one reads."""
    if not _hot_rows_tell(route) or _milestones_differ(route) or route.before.time_zone != route.after.time_zone:
        return None
    forced = frozenset(stage for stage, landing in route.landings.items() if landing != Landing(stage))
    return Comparison(
        before=route.before,
        after=route.after,
        forced=forced,
        exits=tuple(each for each in changed_exits(route) if each.stage not in forced),
        alerts=tuple(_changed_alerts(route)),
        stages=tuple(
            stage
            for key, stage in route.after.stages.items()
            if key in route.before.stages and _limits(route.before, key) != _limits(route.after, key)
        ),
    )


def changed_exits(route: Route) -> Iterator[ChangedExit]:
    """The ways out of each stage that has a landing, by key and trigger, whose conditions differ."""
    for stage, landing in route.landings.items():
        before, after = _exits(route.before, stage), _exits(route.after, landing.stage)
        for key, trigger in {**before, **after}:
            guards = before.get((key, trigger)), after.get((key, trigger))
            if guards[0] != guards[1] or _health_differs(route, stage, landing.stage):
                yield ChangedExit(stage, key, trigger, *guards)


def _exits(machine: Machine, stage: str) -> Mapping[tuple[str, str], Guard]:
    def guards(transition: Transition) -> Iterator[tuple[tuple[str, str], Guard]]:
        for trigger in transition.triggers:
            yield (transition.key, trigger), transition.guard(trigger)

    return dict(pair for transition in machine.exits[stage] for pair in guards(transition))


def _changed_alerts(route: Route) -> Iterator[Alert]:
    known = {alert.key: alert for alert in route.before.alerts}
    for alert in route.after.alerts:
        before = known.get(alert.key)
        if before is None or _asked_of(before) != _asked_of(alert):
            yield alert


def _asked_of(alert: Alert) -> tuple[object, ...]:
    return alert.when, over(alert), alert.stages, alert.levels


def _milestones_differ(route: Route) -> bool:
    before, after = route.before, route.after
    expected = any(
        before.stages[key].milestones != stage.milestones for key, stage in after.stages.items() if key in before.stages
    )
    return expected or before.achievements != after.achievements


def _limits(machine: Machine, stage: str) -> tuple[Span | None, Span | None]:
    return machine.stages[stage].expected, machine.stages[stage].stuck


def _hot_rows_tell(route: Route) -> bool:
    """
    Whether every field that the new version reads lies in the accounts' hot rows as it is meant.

    Observed fields always do. Derived ones do where the old version derives them, and
    timed conditions begin to count now where it does not.
    """
    reads = {field.key for field in route.after.fields}
    derived = {key for key in reads if not is_observed(key) and key not in OWN_COLUMNS and not key.startswith("held.")}
    if derived - {field.key for field in route.before.fields}:
        return False
    if any(key.startswith("health.") for key in reads) and _scorecards_differ(route):
        return False
    if any(key.startswith("derived.") for key in reads) and route.before.derivations != route.after.derivations:
        return False
    renames = any(landing.stage != stage for stage, landing in route.landings.items())
    return not (renames and any(key == CAME_FROM.key or key.startswith("visits.") for key in reads))


def _scorecards_differ(route: Route) -> bool:
    return any(_health_differs(route, stage, landing.stage) for stage, landing in route.landings.items())


def _health_differs(route: Route, stage: str, landed: str) -> bool:
    before, after = route.before.scorecard, route.after.scorecard
    rules = replace(before, measures=before.for_stage(stage), by_stage={})
    return (
        rules != replace(after, measures=after.for_stage(landed), by_stage={})
        or route.before.derivations != route.after.derivations
    )
