"""Why something did not happen: a transition, a CTA, an alert, or a milestone; now or as of a date."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.definition.checks.closing import placed_effects
from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.cta import Cta, CtaTemplate
from lifecycle_fsm.domain.effects import EscalateCta, OpenCta, OpenPlan
from lifecycle_fsm.domain.errors import InvalidInput, LifecycleError, lies_ahead
from lifecycle_fsm.domain.facts import NOTHING_KNOWN, Facts
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.pause import Pause
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.alerting import is_watched
from lifecycle_fsm.engine.machine import Alert, Machine, Transition
from lifecycle_fsm.engine.opening import Opening, cool_until, identity_of
from lifecycle_fsm.engine.rows import observed_row
from lifecycle_fsm.engine.situation import Situation, situation_of
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.verdict import Verdict
from lifecycle_fsm.services.alerts import LevelStanding, levels_of
from lifecycle_fsm.services.history import record_of
from lifecycle_fsm.services.planning.past import stood_at
from lifecycle_fsm.services.reading import read_accounts, unknown_account
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.baselines import load_baselines
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import facts_as_of
from lifecycle_fsm.store.history import load_chains
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.ledger import Link
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
    found = why_not_of(world, actor, [asked])[asked]
    if isinstance(found, LifecycleError):
        raise found
    return found


def why_not_of(
    world: World, actor: Actor, questions: Sequence[Question]
) -> dict[Question, Answer | LifecycleError | None]:
    """
    Answer questions in a number of statements that does not grow with that of their accounts.

    A question that cannot be answered has its error for an answer.

    Raises:
        Forbidden: the actor may not read history.
    """
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        ids = {each.account_id for each in questions}
        visible = visible_ids(connection, ids, actor.portfolio)
        reading = _Reading(world, connection, [each for each in questions if each.account_id in visible])
        return {each: reading.answer(each, is_seen=each.account_id in visible) for each in questions}


class _Reading:
    """What the questions of one transaction need, read for all of their accounts together."""

    def __init__(self, world: World, connection: Connection, questions: Sequence[Question]) -> None:
        self._world, self._connection, self._now = world, connection, world.clock()
        ids = sorted({each.account_id for each in questions})
        self._readings = read_accounts(world, connection, ids, load_layout(connection), self._now)
        past = [each for each in questions if each.as_of is not None and each.as_of <= self._now]
        told = sorted({each.account_id for each in questions if each.cta is not None or each in past})
        self._chains = load_chains(connection, told) if told else {}
        self._stood = self._standing(past)
        self._facts = {
            as_of: facts_as_of(connection, _ids_at(past, as_of), as_of) for as_of in {_date(each) for each in past}
        }
        digests = {stood.machine for stood in self._stood.values()} - {UNASSIGNED}
        self._machines = world.shelf.machines(connection, digests) if digests else {}
        self._baselines: dict[tuple[str, datetime], dict[UUID, dict[str, float]]] = {}

    def answer(self, asked: Question, *, is_seen: bool) -> Answer | LifecycleError | None:
        """Answer one question."""
        names = (asked.transition, asked.cta, asked.alert, asked.milestone)
        if sum(name is not None for name in names) != 1:
            return InvalidInput("name one of `transition`, `cta`, `alert` and `milestone`", path="whyNot")
        if not is_seen or asked.account_id not in self._readings:
            return unknown_account(asked.account_id)
        if asked.as_of is not None and asked.as_of > self._now:
            return lies_ahead(asked.as_of, "asOf")
        situation = self._situation(asked)
        return None if situation is None else self._explained(asked, situation)

    def _explained(self, asked: Question, situation: Situation) -> Answer | None:
        if asked.transition is not None:
            return _no_move(situation, asked.transition)
        if asked.alert is not None:
            return _no_alert(situation, asked.alert)
        if asked.milestone is not None:
            return _no_milestone(situation, asked.milestone)
        records = _suppressions(self._chains.get(asked.account_id, ()), situation, str(asked.cta))
        return _no_cta(situation, str(asked.cta), records)

    def _situation(self, asked: Question) -> Situation | None:
        reading = self._readings[asked.account_id]
        if reading.machine is None:
            return None
        if asked.as_of is None:
            return situation_of(reading.machine, reading.lifecycle, reading.facts, self._now)
        stood = self._stood.get((asked.account_id, asked.as_of))
        machine = None if stood is None else self._machines.get(stood.machine)
        return None if stood is None or machine is None else self._as_of(machine, stood, asked.as_of)

    def _standing(self, past: Sequence[Question]) -> dict[tuple[UUID, datetime], Lifecycle]:
        """How accounts stood at the dates asked about; those whose lifecycle had not begun are absent."""
        ids = sorted({each.account_id for each in past})
        visits = load_past_visits(self._connection, ids) if ids else {}
        found: dict[tuple[UUID, datetime], Lifecycle] = {}
        for account_id, as_of in {(each.account_id, _date(each)) for each in past}:
            if account_id in self._readings:
                history = [link.entry for link in self._chains.get(account_id, ())]
                lifecycle = self._readings[account_id].lifecycle
                stood = stood_at(lifecycle, history, as_of, visits.get(account_id, ()))
                if stood is not None:
                    found[account_id, as_of] = stood
        return found

    def _as_of(self, machine: Machine, stood: Lifecycle, as_of: datetime) -> Situation:
        known = self._facts[as_of].get(stood.account_id, NOTHING_KNOWN)
        key = (machine.digest, as_of)
        if key not in self._baselines:
            pairs = self._stood.items()
            ids = sorted(account for (account, at), each in pairs if at == as_of and each.machine == machine.digest)
            self._baselines[key] = load_baselines(self._connection, ids, machine.baselines, as_of)
        baselines = self._baselines[key].get(stood.account_id, {})
        return situation_of(machine, stood, Facts({**known.values, **baselines}), as_of)


def _date(asked: Question) -> datetime:
    assert asked.as_of is not None
    return asked.as_of


def _ids_at(past: Sequence[Question], as_of: datetime) -> list[UUID]:
    return sorted({each.account_id for each in past if each.as_of == as_of})


def _no_move(situation: Situation, key: str) -> WhyNoMove | None:
    stage = situation.lifecycle.stage
    found = [each for each in situation.machine.transitions if each.key == key]
    transition = next((each for each in found if each.source == stage), next(iter(found), None))
    if transition is None:
        return None
    told = observed_row(situation.row, situation.facts)
    verdicts = tuple(
        TriggerVerdict(trigger, explain(transition.guard(trigger), told, situation.as_of_ms))
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


def _suppressions(chain: Sequence[Link], situation: Situation, key: str) -> tuple[HistoryRecord, ...]:
    rows = (record_of(link) for link in reversed(chain) if link.entry.effective_at <= situation.as_of)
    found = (row for row in rows if any(_suppresses(note, key) for note in row.effects))
    return tuple(row for row, _ in zip(found, range(MOST_SUPPRESSIONS), strict=False))


def _suppresses(note: object, key: str) -> bool:
    return isinstance(note, dict) and note.get("did") == "cta_suppressed" and note.get("template") == key
