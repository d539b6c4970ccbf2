"""What CTAs do by themselves: wake at their instant, close when their condition holds, open again in time."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from lifecycle_fsm.domain.cta import CloseSource, Cta
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.domain.plan_progress import is_fulfilled, standing_of
from lifecycle_fsm.engine.machine import CtaRule, Machine
from lifecycle_fsm.engine.opening import Opening, identity_of
from lifecycle_fsm.engine.outcomes import CtaWoken, Done, Step
from lifecycle_fsm.engine.perform import close_ctas, open_cta
from lifecycle_fsm.engine.plans import end_plan
from lifecycle_fsm.engine.recurring import Earlier, Last, evidence_of, next_opening
from lifecycle_fsm.engine.situation import Situation
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard

SNOOZED_UNTIL = "cta.snoozed_until"
"""Among the inputs of a waking: until when the CTA was to rest."""
NO_MORE: Mapping[str, Value] = MappingProxyType({})
"""No evidence beside the row of fields."""


def tend(situation: Situation, cause: Cause) -> Situation:
    """Wake what has rested, close what its rule closes, open what is due again, complete plans."""
    situation = _wake(situation, cause)
    for rule, closes in _judged(situation.machine):
        if closes is not None and closes(tuple(situation.row.values()), situation.as_of_ms) is True:
            situation = situation.after(_closing(situation, rule, cause))
        if rule.recur is not None and is_due_again(situation, rule):
            situation = situation.after(_opening(situation, rule, cause))
    return _complete(situation, cause)


def _wake(situation: Situation, cause: Cause) -> Situation:
    for cta in situation.lifecycle.ctas:
        if cta.is_open and cta.snoozed_until is not None and cta.snoozed_until <= situation.as_of:
            awake = situation.lifecycle.with_cta(replace(cta, snoozed_until=None))
            woken, slept = (awake, (CtaWoken(cta.cause_key),)), {SNOOZED_UNTIL: to_ms(cta.snoozed_until)}
            situation = situation.after(_step(situation, RecordKind.CTA_WOKEN, cta.cause_key, woken, cause, slept))
    return situation


def _complete(situation: Situation, cause: Cause) -> Situation:
    for plan in situation.lifecycle.plans:
        objectives = situation.lifecycle.objectives_of(plan)
        if plan.completes_itself and plan.status is PlanStatus.ACTIVE and is_fulfilled(objectives):
            lifecycle = replace(situation.lifecycle, revision=situation.lifecycle.revision + 1)
            after = end_plan(lifecycle, plan, PlanStatus.COMPLETED, situation.as_of)
            situation = situation.after(
                _step(situation, RecordKind.PLAN_CHANGED, plan.type, after, cause, standing_of(plan, objectives))
            )
    return situation


def _closing(situation: Situation, rule: CtaRule, cause: Cause) -> Step:
    lifecycle = replace(situation.lifecycle, revision=situation.lifecycle.revision + 1)
    selector = CtaSelector(templates=(rule.template,), status="open")
    closed = close_ctas(lifecycle, selector, rule.outcome, situation.as_of, CloseSource.RULE)
    return _step(situation, RecordKind.CTA_CLOSED, rule.template, closed, cause)


def _opening(situation: Situation, rule: CtaRule, cause: Cause) -> Step:
    lifecycle = replace(situation.lifecycle, revision=situation.lifecycle.revision + 1)
    template, earlier = situation.machine.catalog.templates[rule.template], _earlier(situation, rule)
    assert earlier is not None
    opened = open_cta(_opening_of(situation, lifecycle), template, template.priority, 0)
    return _step(situation, RecordKind.CTA_OPENED, rule.template, opened, cause, evidence_of(earlier))


def _opening_of(situation: Situation, lifecycle: Lifecycle) -> Opening:
    machine = situation.machine
    return Opening(lifecycle, machine.catalog, situation.facts, situation.as_of, machine.workdays, situation.zone)


def _step(  # what was done, and on what beside the row
    situation: Situation,
    kind: RecordKind,
    subject: str,
    after: tuple[Lifecycle, tuple[Done, ...]],
    cause: Cause,
    evidence: Mapping[str, Value] = NO_MORE,
) -> Step:
    lifecycle, done = after
    return Step(
        kind=kind,
        cause=cause,
        from_stage=situation.lifecycle.stage,
        lifecycle=replace(lifecycle, revision=situation.lifecycle.revision + 1),
        effective_at=situation.as_of,
        subject=subject,
        done=done,
        inputs={**situation.row, **evidence},
    )


def is_due_again(situation: Situation, rule: CtaRule) -> bool:
    """Whether the time of the next CTA has come."""
    at = due_again_at(situation, rule)
    return at is not None and at <= situation.as_of


def due_again_at(situation: Situation, rule: CtaRule) -> datetime | None:
    """When the next CTA of a rule is opened; None while its place is taken, before the first, in other stages."""
    if rule.recur is None:
        return None
    earlier = _earlier(situation, rule)
    return None if earlier is None else next_opening(situation.machine, rule, earlier, situation.as_of)


def _earlier(situation: Situation, rule: CtaRule) -> Earlier | None:
    """What was before the next CTA of a rule; None while its place is taken."""
    lifecycle, template = situation.lifecycle, situation.machine.catalog.templates[rule.template]
    place = identity_of(_opening_of(situation, lifecycle), template)
    if lifecycle.in_place(place) is not None:
        return None
    last = max((cta for cta in lifecycle.ctas if cta.identity == place), key=_closed_at, default=None)
    before = None if last is None else Last(last.opened_at, _closed_at(last))
    return Earlier(lifecycle.stage, lifecycle.entered_at, before)


def _closed_at(cta: Cta) -> datetime:
    return cta.closed_at or cta.opened_at


def rest_deadlines(situation: Situation) -> Iterator[int]:
    """When a snoozed CTA wakes and when a recurring one is opened, in milliseconds since 1970."""
    for cta in situation.lifecycle.ctas:
        if cta.is_open and cta.snoozed_until is not None:
            yield to_ms(cta.snoozed_until)
    for rule in situation.machine.cta_rules:
        at = due_again_at(situation, rule)
        if at is not None:
            yield to_ms(at)


@lru_cache(maxsize=256)
def _judged(machine: Machine) -> tuple[tuple[CtaRule, CompiledGuard | None], ...]:
    keys = tuple(field.key for field in machine.fields)
    return tuple(
        (rule, None if rule.closes_when is None else compile_guard(rule.closes_when, keys))
        for rule in machine.cta_rules
    )
