"""Segments back to the words of the language."""

from collections.abc import Iterable

from lifecycle_fsm.definition.catalog import SCHEMA
from lifecycle_fsm.definition.document import Document, without_empty
from lifecycle_fsm.definition.render_effects import effect_document
from lifecycle_fsm.definition.render_guard import guard_document, number_text
from lifecycle_fsm.definition.time_zones import time_zone_document
from lifecycle_fsm.domain.calendars import Span, format_span
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.domain.landing import Landing, StageClock
from lifecycle_fsm.domain.scorecard import Missing, RollUp, Scheme, Scorecard, ScoredMeasure, ScoreGroup
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.machine import (
    Achievement,
    Alert,
    AlertLevel,
    Assignment,
    CtaRule,
    ExpectedMilestone,
    Machine,
    RecurFrom,
    Recurrence,
    Stage,
    Transition,
)
from lifecycle_fsm.guards.model import ALWAYS


def segment_document(machine: Machine) -> dict[str, Document]:
    """The segment in the words of the language; what shorthands stood for is written out."""
    alerts: dict[str, Document] = {alert.key: _alert(alert) for alert in machine.alerts}
    return without_empty(
        {
            "schema": SCHEMA,
            "segment": machine.segment,
            "title": machine.title,
            "rank": str(machine.assignment.rank),
            "applies_to": _applies_to(machine.assignment),
            "initial": machine.initial,
            "calendar": machine.calendar or "",
            "time_zone": time_zone_document(machine.time_zone),
            "scorecard": _scorecard(machine.scorecard),
            "stages": {key: _stage(stage, machine.transitions) for key, stage in machine.stages.items()},
            "milestones": {each.milestone: _achievement(each) for each in machine.achievements},
            "alerts": alerts,
            "ctas": {rule.template: _cta_rule(rule) for rule in machine.cta_rules},
            "arrivals": {key: _landing(landing) for key, landing in machine.arrivals.items()},
        },
        keep=("stages",),
    )


def _applies_to(assignment: Assignment) -> Document:
    return {"manual": "true"} if assignment.when is None else {"when": guard_document(assignment.when)}


def _landing(landing: Landing) -> Document:
    if landing.clock is StageClock.KEEP:
        return landing.stage
    return {"to": landing.stage, "clock": landing.clock.value}


def _stage(stage: Stage, transitions: Iterable[Transition]) -> Document:
    return without_empty(
        {
            "title": stage.title,
            "final": "true" if stage.final else "",
            "expected": _span(stage.expected),
            "stuck": _span(stage.stuck),
            "milestones": [_expected(expected) for expected in stage.milestones],
            "on_enter": _effects(stage.on_enter),
            "on_exit": _effects(stage.on_exit),
            "on_behind": _effects(stage.on_behind),
            "on_stuck": _effects(stage.on_stuck),
            "transitions": [_transition(each) for each in transitions if each.source == stage.key],
        }
    )


def _expected(expected: ExpectedMilestone) -> Document:
    return without_empty(
        {
            "milestone": expected.milestone,
            "within": format_span(expected.within),
            "of": expected.of or "",
            "on_missed": _effects(expected.on_missed),
        }
    )


def _achievement(achievement: Achievement) -> Document:
    return without_empty({"when": guard_document(achievement.when), "stages": list(achievement.stages)})


def _transition(transition: Transition) -> Document:
    return without_empty(
        {
            "key": transition.key,
            "to": transition.target,
            "kind": transition.kind.value,
            "trigger": list(transition.triggers),
            "requires": [guard_document(leaf) for leaf in transition.requires],
            "when": "" if transition.when == ALWAYS else guard_document(transition.when),
            "after": _span(transition.after_ms),
            "min_dwell": _span(transition.min_dwell_ms or None),
            "priority": str(transition.priority) if transition.priority else "",
            "do": _effects(transition.effects),
        }
    )


def _alert(alert: Alert) -> Document:
    return without_empty(
        {
            "title": alert.title,
            "stages": list(alert.stages),
            "severity": "" if alert.severity is AlertSeverity.MEDIUM else alert.severity.value,
            "when": guard_document(alert.when),
            "clear_when": "" if alert.clear_when is None else guard_document(alert.clear_when),
            "cool_down": _span(alert.cool_down_ms or None),
            "levels": [_level(level) for level in alert.levels],
            "open_cta": [_opening(effect) for effect in alert.effects],
            "closes": "" if alert.closes else "false",
        }
    )


def _level(level: AlertLevel) -> Document:
    return without_empty(
        {
            "severity": level.severity.value,
            "when": "" if level.when is None else guard_document(level.when),
            "after": _span(level.after_ms or None),
            "priority": level.priority.value,
        }
    )


def _cta_rule(rule: CtaRule) -> Document:
    closes = rule.close_when is not None
    return without_empty(
        {
            "close_when": "" if rule.close_when is None else guard_document(rule.close_when),
            "outcome": rule.outcome.value if closes and rule.outcome is not CtaOutcome.RECOVERED else "",
            "recur": _recurrence(rule.recur),
            "stages": list(rule.stages),
        }
    )


def _recurrence(recur: Recurrence | None) -> Document:
    if recur is None:
        return ""
    since = "" if recur.since is RecurFrom.CLOSING else recur.since.value
    return without_empty({"every": format_span(recur.every_ms), "since": since})


def _opening(effect: Effect) -> Document:
    written = effect_document(effect)
    return written["open_cta"]


def _effects(effects: Iterable[Effect]) -> list[Document]:
    return [effect_document(effect) for effect in effects]


def _span(span: Span | None) -> str:
    return "" if span is None else format_span(span)


def _scorecard(scorecard: Scorecard) -> Document:
    if not scorecard.measures and not scorecard.by_stage:
        return {}
    by_stage: dict[str, Document] = {
        stage: _scored_in_stage(scorecard.measures, scored) for stage, scored in scorecard.by_stage.items()
    }
    written: dict[str, Document] = {
        "roll_up": scorecard.roll_up.value,
        "groups": [_group(group) for group in scorecard.groups],
        "missing": _missing(scorecard),
        "scheme": "" if scorecard.scheme is Scheme.SCORE else scorecard.scheme.value,
        "grades": [{"grade": each.name, "at_least": number_text(each.at_least)} for each in scorecard.grades],
        "measures": _scored(scorecard.measures),
    }
    return without_empty({**written, "stages": by_stage}, keep=("measures",))


def _group(group: ScoreGroup) -> Document:
    roll_up = "" if group.roll_up is RollUp.WEIGHTED else group.roll_up.value
    return without_empty({"group": group.name, "weight": number_text(group.weight), "roll_up": roll_up})


def _missing(scorecard: Scorecard) -> Document:
    if scorecard.missing is Missing.UNKNOWN:
        return {"unknown_above": number_text(scorecard.unknown_above)}
    return "" if scorecard.missing is Missing.LEAVE_OUT else scorecard.missing.value


def _scored(measures: Iterable[ScoredMeasure]) -> dict[str, Document]:
    return {
        measure.key: {
            "weight": number_text(measure.weight),
            "healthy": number_text(measure.healthy),
            "neutral": number_text(measure.neutral),
        }
        for measure in measures
    }


def _scored_in_stage(base: tuple[ScoredMeasure, ...], scored: tuple[ScoredMeasure, ...]) -> Document:
    """The measures of a stage in full, and with a weight of 0 those of the base that do not count in it."""
    counted = {measure.key for measure in scored}
    absent: dict[str, Document] = {each.key: {"weight": "0"} for each in base if each.key not in counted}
    return {**_scored(scored), **absent}
