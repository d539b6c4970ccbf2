"""An account goes over to another version of its segment's rules, or to another segment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.facts import NOTHING_KNOWN, Facts
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.landing import Landing, StageClock
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.engine.alerting import close_ctas_of
from lifecycle_fsm.engine.deadline import next_deadline
from lifecycle_fsm.engine.evaluate import held_by_unknown
from lifecycle_fsm.engine.holding import remember_held
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.outcomes import Done, Evaluation, Step
from lifecycle_fsm.engine.perform import perform
from lifecycle_fsm.engine.situation import situation_of


@dataclass(frozen=True, slots=True)
class Route:
    """
    The way from one version to another.

    `landings` has every old stage that an account may stand in. `effects` says whether
    the exit effects of the old stage and the enter effects of the new one are carried out
    where these differ.
    """

    before: Machine
    after: Machine
    landings: Mapping[str, Landing]
    effects: bool = False

    @property
    def keeps_segment(self) -> bool:
        """Whether only the version changes."""
        return self.before.segment == self.after.segment


def migrate(
    route: Route,
    lifecycle: Lifecycle,
    as_of: datetime,
    cause: Cause = Cause.MIGRATION,
    facts: Facts = NOTHING_KNOWN,
) -> Step:
    """
    Take an account along a route; its history row names both versions, the old one as its subject.

    Renamed stages are renamed in what the account remembers, too. Episodes of alerts that the
    new rules do not have end, and so do the CTAs that were opened for them.
    """
    landed = land(route, lifecycle, as_of)
    lifecycle_after, done = _perform(route, lifecycle, landed, as_of, facts)
    lifecycle_after, ended = _end_alerts(route, lifecycle_after, as_of)
    return Step(
        kind=RecordKind.MIGRATED if route.keeps_segment else RecordKind.REASSIGNED,
        cause=cause,
        from_stage=lifecycle.stage,
        lifecycle=lifecycle_after,
        effective_at=as_of,
        subject=lifecycle.machine,
        done=(*done, *ended),
    )


def land(route: Route, lifecycle: Lifecycle, as_of: datetime) -> Lifecycle:
    """The account as it stands under the new version before anything has acted on it."""
    landing = route.landings[lifecycle.stage]
    restarted = landing.clock is StageClock.RESTART
    return replace(
        lifecycle,
        segment=route.after.segment,
        machine=route.after.digest,
        stage=landing.stage,
        entered_at=as_of if restarted else lifecycle.entered_at,
        paused_ms=0 if restarted else lifecycle.paused_ms,
        stops=() if restarted else lifecycle.stops,
        noted_pace=Pace.ON_TRACK if restarted else lifecycle.noted_pace,
        came_from=_renamed(route, lifecycle.came_from),
        visits=_visits(route, lifecycle.visits),
        revision=lifecycle.revision + 1,
    )


def stand(machine: Machine, lifecycle: Lifecycle, facts: Facts, as_of: datetime) -> Evaluation:
    """What an evaluation would find before it takes any step; conditions with `for` are timed from now on."""
    situation = remember_held(situation_of(machine, lifecycle, facts, as_of))
    deadline = next_deadline(situation)
    return Evaluation(
        steps=(),
        lifecycle=situation.lifecycle,
        health=situation.health,
        row=situation.row,
        held_by_unknown=held_by_unknown(situation),
        next_check_at=None if deadline is None else from_ms(deadline),
    )


def _perform(
    route: Route, before: Lifecycle, landed: Lifecycle, as_of: datetime, facts: Facts
) -> tuple[Lifecycle, tuple[Done, ...]]:
    if not route.effects or (route.keeps_segment and before.stage == landed.stage):
        return landed, ()
    leaving = route.before.stages[before.stage].on_exit
    left = perform(route.before, replace(before, revision=landed.revision), leaving, as_of, facts=facts)
    kept = replace(landed, ctas=left.lifecycle.ctas, milestones=left.lifecycle.milestones)
    entered = perform(route.after, kept, route.after.stages[landed.stage].on_enter, as_of, left.done, facts)
    return entered.lifecycle, entered.done


def _end_alerts(route: Route, lifecycle: Lifecycle, as_of: datetime) -> tuple[Lifecycle, tuple[Done, ...]]:
    """An alert of the same key goes on; nobody would ever clear another one."""
    watched, done = {alert.key for alert in route.after.alerts}, tuple[Done, ...]()
    for alert in route.before.alerts:
        state = lifecycle.alerts.get(alert.key)
        if state is not None and state.is_on and alert.key not in watched:
            alerts = {**lifecycle.alerts, alert.key: replace(state, cleared_at=as_of)}
            lifecycle, closed = close_ctas_of(alert, replace(lifecycle, alerts=alerts), CtaOutcome.SUPERSEDED, as_of)
            done += closed
    return lifecycle, done


def _renamed(route: Route, stage: str | None) -> str | None:
    landing = None if stage is None else route.landings.get(stage)
    return stage if landing is None else landing.stage


def _visits(route: Route, visits: Mapping[str, int]) -> dict[str, int]:
    renamed: dict[str, int] = {}
    for stage, number in visits.items():
        key = _renamed(route, stage) or stage
        renamed[key] = renamed.get(key, 0) + number
    return renamed
