"""What noted effects do to a lifecycle: CTAs opened once, escalated, closed; milestones dated."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from lifecycle_fsm.domain.cta import CloseSource, Cta, CtaOutcome, CtaTemplate, Priority
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.effects import CloseCtas, Effect, EscalateCta, Notify, OpenCta, OpenPlan, ReachMilestone
from lifecycle_fsm.domain.facts import NOTHING_KNOWN, Facts
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.ended import ended
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.opening import Opening, cool_until, identity_of, new_cta
from lifecycle_fsm.engine.outcomes import (
    CtaClosed,
    CtaEscalated,
    CtaOpened,
    CtaSuppressed,
    Done,
    MilestoneKept,
    MilestoneReached,
    Notified,
)
from lifecycle_fsm.engine.plans import open_plan


@dataclass(frozen=True, slots=True)
class Performed:
    """A lifecycle after some effects, and what each of them did, in order."""

    lifecycle: Lifecycle
    done: tuple[Done, ...]


def perform(
    machine: Machine,
    lifecycle: Lifecycle,
    effects: Iterable[Effect],
    as_of: datetime,
    done: tuple[Done, ...] = (),
    facts: Facts = NOTHING_KNOWN,
) -> Performed:
    """
    Carry out effects on the value of a lifecycle, after those already `done` for the same row.

    `lifecycle.revision` must be the sequence number of the row that will record them:
    it makes the cause key of every CTA opened here unique for ever. `facts` say who owns
    a CTA, when it is due and what it is about, where its template asks them.
    """
    for effect in effects:
        opening = Opening(lifecycle, machine.catalog, facts, as_of, machine.workdays, machine.zone(facts.values))
        lifecycle, more = _perform_one(opening, effect, len(done))
        done += more
    return Performed(lifecycle, done)


def _perform_one(opening: Opening, effect: Effect, index: int) -> tuple[Lifecycle, tuple[Done, ...]]:
    lifecycle, templates = opening.lifecycle, opening.catalog.templates
    match effect:
        case OpenCta():
            template = templates[effect.template]
            return open_cta(opening, template, effect.priority or template.priority, index)
        case EscalateCta():
            return open_cta(opening, templates[effect.template], effect.priority, index)
        case CloseCtas():
            return close_ctas(lifecycle, effect.selector, effect.outcome, opening.as_of)
        case ReachMilestone():
            return _reach(lifecycle, effect.milestone, opening.as_of)
        case Notify():
            return lifecycle, (Notified(effect.channel, effect.message),)
        case OpenPlan():
            return open_plan(opening, opening.catalog.plans[effect.plan], index)


def open_cta(
    opening: Opening, template: CtaTemplate, priority: Priority, index: int
) -> tuple[Lifecycle, tuple[Done, ...]]:
    """Open a CTA if its place is free; raise the priority of the one that has it; or say why neither was done."""
    lifecycle, identity = opening.lifecycle, identity_of(opening, template)
    taken = lifecycle.in_place(identity)
    if taken is not None:
        return _taken(opening, template, taken, priority)
    resting = cool_until(lifecycle, template, identity)
    if resting is not None and resting[0] > opening.as_of:
        until, last = resting
        return lifecycle, (CtaSuppressed(template.key, template.identity, last.cause_key, snoozed=False, until=until),)
    cta = new_cta(opening, template, priority, index)
    return replace(lifecycle, ctas=(*lifecycle.ctas, cta)), (CtaOpened(cta),)


def _taken(
    opening: Opening, template: CtaTemplate, taken: Cta, priority: Priority
) -> tuple[Lifecycle, tuple[Done, ...]]:
    if priority.rank > taken.priority.rank:
        raised = replace(taken, priority=priority)
        done = CtaEscalated(taken.cause_key, taken.priority, priority)
        return opening.lifecycle.with_cta(raised), (done,)
    snoozed = taken.is_snoozed(opening.as_of)
    until = taken.snoozed_until if snoozed else None
    return opening.lifecycle, (CtaSuppressed(template.key, template.identity, taken.cause_key, snoozed, until),)


def close_ctas(
    lifecycle: Lifecycle,
    selector: CtaSelector,
    outcome: CtaOutcome,
    as_of: datetime,
    source: CloseSource = CloseSource.EFFECT,
) -> tuple[Lifecycle, tuple[Done, ...]]:
    """Close every open CTA that the selector chooses; those opened by the same row stay open."""
    closed = tuple(
        cta
        for cta in lifecycle.ctas
        if cta.is_open
        and selector.matches(cta, lifecycle.entered_at, as_of)
        and not cta.cause_key.startswith(f"{lifecycle.revision}.")
    )
    for cta in closed:
        lifecycle = lifecycle.with_cta(ended(lifecycle, cta, outcome, source, as_of))
    return lifecycle, tuple(CtaClosed(cta.cause_key, outcome) for cta in closed)


def _reach(lifecycle: Lifecycle, milestone: str, as_of: datetime) -> tuple[Lifecycle, tuple[Done, ...]]:
    reached_at = lifecycle.milestones.get(milestone)
    if reached_at is not None:
        return lifecycle, (MilestoneKept(milestone, reached_at),)
    dated = replace(lifecycle, milestones={**lifecycle.milestones, milestone: as_of})
    return dated, (MilestoneReached(milestone, as_of),)
