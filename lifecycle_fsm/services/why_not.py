"""Why something did not happen: a transition, a CTA, an alert, or a milestone; now or as of a date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.definition.checks.closing import placed_effects
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.cta import Cta, CtaTemplate
from lifecycle_fsm.domain.effects import EscalateCta, OpenCta, OpenPlan
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import NOTHING_KNOWN, Facts
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.pause import Pause
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.alerting import is_watched
from lifecycle_fsm.engine.machine import Alert, Machine, Transition
from lifecycle_fsm.engine.opening import Opening, cool_until, identity_of
from lifecycle_fsm.engine.situation import Situation, situation_of
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.verdict import Verdict
from lifecycle_fsm.services.alerts import LevelStanding, levels_of
from lifecycle_fsm.services.history import record_of
from lifecycle_fsm.services.planning.past import stood_at
from lifecycle_fsm.services.reading import read_account, unknown_account
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import facts_as_of, load_baselines
from lifecycle_fsm.store.history import load_chain
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.past_visits import load_past_visits
from lifecycle_fsm.store.scope import visible_ids

MOST_SUPPRESSIONS = 20


class CtaHindrance(StrEnum):
    """Why no CTA of a template was opened."""

    OPEN = "open"
    """One is open."""
    SNOOZED = "snoozed"
    """One is open and rests."""
    PLACE_TAKEN = "place_taken"
    """Another CTA has its place."""
    COOLING_DOWN = "cooling_down"
    """One was closed so lately that the template rests."""
    NEVER_ASKED = "never_asked"
    """Its place is free, and nothing has asked for it so far."""
    NOT_ASKED_AGAIN = "not_asked_again"
    """Its place is free; it was opened before, and nothing has asked for it since."""


@dataclass(frozen=True, slots=True)
class TriggerVerdict:
    """What the whole guard of one trigger finds."""

    trigger: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class WhyNoMove:
    """Why a transition was not taken; it is judged also where the account stands in another stage."""

    transition: Transition
    in_stage: bool
    verdicts: tuple[TriggerVerdict, ...]
    as_of: datetime
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """A place in the rules that asks for a CTA, and the verdict of its condition where it has one now."""

    path: str
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class WhyNoCta:
    """
    Why no CTA of a template was opened.

    `blocker` is the CTA in the way, `until` the end of its sleep or of the rest after it.
    `closing` is what the rule finds that closes CTAs of the template, None without such a rule.
    `suppressions` are the newest records in which an effect asked for it in vain.
    """

    template: CtaTemplate
    hindrance: CtaHindrance
    blocker: Cta | None
    until: datetime | None
    askers: tuple[Asker, ...]
    suppressions: tuple[HistoryRecord, ...]
    closing: Verdict | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class WhyNoAlert:
    """
    Why an alert is not on: it is not watched in the stage, rests until a date, or its condition does not hold.

    Of one that is on, `severity` is how grave it is and `levels` say why it is not graver.
    """

    alert: Alert
    severity: AlertSeverity | None
    levels: tuple[LevelStanding, ...]
    is_on: bool
    is_watched: bool
    rests_until: datetime | None
    verdict: Verdict
    as_of: datetime


@dataclass(frozen=True, slots=True)
class WhyNoMilestone:
    """
    Why data has not dated a milestone.

    `reached_at` is its date if it has one; `is_watched` says whether data may date it in
    the present stage.
    """

    milestone: str
    reached_at: datetime | None
    is_watched: bool
    verdict: Verdict
    as_of: datetime


Answer = WhyNoMove | WhyNoCta | WhyNoAlert | WhyNoMilestone


@dataclass(frozen=True, slots=True)
class Question:
    """Ask about one thing by its key; `as_of` of None is now."""

    account_id: UUID
    transition: str | None = None
    cta: str | None = None
    alert: str | None = None
    milestone: str | None = None
    as_of: datetime | None = None


def why_not(world: World, actor: Actor, asked: Question) -> Answer | None:
    """
    Explain what did not happen; None for a name that the account's rules do not have.

    Raises:
        Forbidden, UnknownAccount: see there.
        InvalidInput: not exactly one thing is named, or the date lies ahead.
    """
    require(actor, Capability.READ_HISTORY)
    names = (asked.transition, asked.cta, asked.alert, asked.milestone)
    if sum(name is not None for name in names) != 1:
        raise InvalidInput("name one of `transition`, `cta`, `alert` and `milestone`", path="whyNot")
    with world.database.reading() as connection:
        if not visible_ids(connection, [asked.account_id], actor.portfolio):
            raise unknown_account(asked.account_id)
        situation = _situation(world, connection, asked)
        if situation is None:
            return None
        if asked.transition is not None:
            return _no_move(situation, asked.transition)
        if asked.alert is not None:
            return _no_alert(situation, asked.alert)
        if asked.milestone is not None:
            return _no_milestone(situation, asked.milestone)
        records = _suppressions(connection, situation, str(asked.cta))
        return _no_cta(situation, str(asked.cta), records)


def _situation(world: World, connection: Connection, asked: Question) -> Situation | None:
    now = world.clock()
    reading = read_account(world, connection, asked.account_id, load_layout(connection), now)
    if reading.machine is None:
        return None
    if asked.as_of is None:
        return situation_of(reading.machine, reading.lifecycle, reading.facts, now)
    if asked.as_of > now:
        raise InvalidInput(f"{asked.as_of.isoformat()} lies ahead; give a date up to now", path="asOf")
    history = [link.entry for link in load_chain(connection, asked.account_id)]
    visits = load_past_visits(connection, [asked.account_id]).get(asked.account_id, ())
    stood = stood_at(reading.lifecycle, history, asked.as_of, visits)
    if stood is None:
        return None
    machines = world.shelf.machines(connection, [stood.machine])
    return _as_of(connection, machines[stood.machine], stood, asked.as_of)


def _as_of(connection: Connection, machine: Machine, stood: Lifecycle, as_of: datetime) -> Situation:
    account_id = stood.account_id
    known = facts_as_of(connection, [account_id], as_of).get(account_id, NOTHING_KNOWN)
    baselines = load_baselines(connection, [account_id], machine.baselines, as_of).get(account_id, {})
    return situation_of(machine, stood, Facts({**known.values, **baselines}), as_of)


def _no_move(situation: Situation, key: str) -> WhyNoMove | None:
    stage = situation.lifecycle.stage
    found = [each for each in situation.machine.transitions if each.key == key]
    transition = next((each for each in found if each.source == stage), next(iter(found), None))
    if transition is None:
        return None
    verdicts = tuple(
        TriggerVerdict(trigger, explain(transition.guard(trigger), situation.row, situation.as_of_ms))
        for trigger in transition.triggers
    )
    return WhyNoMove(transition, transition.source == stage, verdicts, situation.as_of, situation.lifecycle.pause)


def _no_alert(situation: Situation, key: str) -> WhyNoAlert | None:
    alert = next((each for each in situation.machine.alerts if each.key == key), None)
    if alert is None:
        return None
    state = situation.lifecycle.alerts.get(key)
    rests = None
    if alert.cool_down_ms and state is not None and state.cleared_at is not None:
        rests = state.cleared_at + timedelta(milliseconds=alert.cool_down_ms)
    return WhyNoAlert(
        alert=alert,
        severity=state.severity if state is not None and state.is_on else None,
        levels=levels_of(alert, state, situation.row, situation.as_of_ms),
        is_on=state is not None and state.is_on,
        is_watched=is_watched(situation, alert),
        rests_until=rests if rests is not None and rests > situation.as_of else None,
        verdict=explain(alert.when, situation.row, situation.as_of_ms),
        as_of=situation.as_of,
    )


def _no_milestone(situation: Situation, key: str) -> WhyNoMilestone | None:
    rule = next((each for each in situation.machine.achievements if each.milestone == key), None)
    if rule is None:
        return None
    return WhyNoMilestone(
        milestone=key,
        reached_at=situation.lifecycle.milestones.get(key),
        is_watched=not rule.stages or situation.lifecycle.stage in rule.stages,
        verdict=explain(rule.when, situation.row, situation.as_of_ms),
        as_of=situation.as_of,
    )


def _no_cta(situation: Situation, key: str, records: tuple[HistoryRecord, ...]) -> WhyNoCta | None:
    template = situation.machine.catalog.templates.get(key)
    if template is None:
        return None
    hindrance, blocker, until = _hindered(situation, template)
    return WhyNoCta(
        template=template,
        hindrance=hindrance,
        blocker=blocker,
        until=until,
        askers=tuple(_askers(situation, key)),
        suppressions=records,
        closing=_closing(situation, key),
        as_of=situation.as_of,
    )


def _closing(situation: Situation, key: str) -> Verdict | None:
    rule = next((rule for rule in situation.machine.cta_rules if rule.template == key), None)
    guard = None if rule is None else rule.closes_when
    return None if guard is None else explain(guard, situation.row, situation.as_of_ms)


def _hindered(situation: Situation, template: CtaTemplate) -> tuple[CtaHindrance, Cta | None, datetime | None]:
    lifecycle, machine = situation.lifecycle, situation.machine
    calendar, zone = machine.workdays, situation.zone
    opening = Opening(lifecycle, machine.catalog, situation.facts, situation.as_of, calendar, zone)
    place = identity_of(opening, template)
    taken = lifecycle.in_place(place)
    if taken is not None and taken.is_snoozed(situation.as_of):
        return CtaHindrance.SNOOZED, taken, taken.snoozed_until
    if taken is not None:
        same = taken.template == template.key
        return CtaHindrance.OPEN if same else CtaHindrance.PLACE_TAKEN, taken, None
    resting = cool_until(lifecycle, template, place)
    if resting is not None and resting[0] > situation.as_of:
        return CtaHindrance.COOLING_DOWN, resting[1], resting[0]
    opened_before = any(cta.template == template.key for cta in lifecycle.ctas)
    return CtaHindrance.NOT_ASKED_AGAIN if opened_before else CtaHindrance.NEVER_ASKED, None, None


def _askers(situation: Situation, key: str) -> Iterator[Asker]:
    machine = situation.machine
    for path, effect in placed_effects(machine):
        if _asks(machine, effect, key):
            yield Asker(path, _verdict_at(situation, path))
    for rule in machine.cta_rules:
        if rule.template == key and rule.recur is not None:
            yield Asker(f"ctas.{key}.recur", None)


def _asks(machine: Machine, effect: object, key: str) -> bool:
    match effect:
        case OpenCta(template) | EscalateCta(template):
            return template == key
        case OpenPlan(plan):
            return any(objective.template == key for objective in machine.catalog.plans[plan].objectives)
    return False


def _verdict_at(situation: Situation, path: str) -> Verdict | None:
    """The verdict of the alert, or of the way out of the present stage, that the path leads through."""
    for alert in situation.machine.alerts:
        if path == f"alerts.{alert.key}.open_cta":
            return explain(alert.when, situation.row, situation.as_of_ms)
    for transition in situation.machine.exits[situation.lifecycle.stage]:
        if path == f"stages.{transition.source}.transitions.{transition.key}.do":
            return explain(transition.guard(transition.triggers[0]), situation.row, situation.as_of_ms)
    return None


def _suppressions(connection: Connection, situation: Situation, key: str) -> tuple[HistoryRecord, ...]:
    chain = load_chain(connection, situation.lifecycle.account_id)
    rows = (record_of(link) for link in reversed(chain) if link.entry.effective_at <= situation.as_of)
    found = (row for row in rows if any(_suppresses(note, key) for note in row.effects))
    return tuple(row for row, _ in zip(found, range(MOST_SUPPRESSIONS), strict=False))


def _suppresses(note: object, key: str) -> bool:
    return isinstance(note, dict) and note.get("did") == "cta_suppressed" and note.get("template") == key
