"""What noted effects do to a lifecycle: CTAs opened once, escalated, closed; milestones dated."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaSelector, CtaStatus, CtaTemplate, Priority
from lifecycle_fsm.domain.effects import CloseCtas, Effect, EscalateCta, Notify, OpenCta, ReachMilestone
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.machine import Machine
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

NOBODY = "unassigned"
"""The owner of a CTA that neither the account nor its template names one for."""


@dataclass(frozen=True, slots=True)
class Performed:
    """A lifecycle after some effects, and what each of them did, in order."""

    lifecycle: Lifecycle
    done: tuple[Done, ...]


def perform(
    machine: Machine, lifecycle: Lifecycle, effects: Iterable[Effect], as_of: datetime, done: tuple[Done, ...] = ()
) -> Performed:
    """
    Carry out effects on the value of a lifecycle, after those already `done` for the same row.

    `lifecycle.revision` must be the sequence number of the row that will record them:
    it makes the cause key of every CTA opened here unique for ever.
    """
    for effect in effects:
        lifecycle, more = _perform_one(machine, lifecycle, effect, as_of, len(done))
        done += more
    return Performed(lifecycle, done)


def _perform_one(
    machine: Machine, lifecycle: Lifecycle, effect: Effect, as_of: datetime, index: int
) -> tuple[Lifecycle, tuple[Done, ...]]:
    match effect:
        case OpenCta():
            template = machine.catalog.templates[effect.template]
            return _open(lifecycle, template, effect.priority or template.priority, as_of, index)
        case EscalateCta():
            return _open(lifecycle, machine.catalog.templates[effect.template], effect.priority, as_of, index)
        case CloseCtas():
            return close_ctas(lifecycle, effect.selector, effect.outcome, as_of)
        case ReachMilestone():
            return _reach(lifecycle, effect.milestone, as_of)
        case Notify():
            return lifecycle, (Notified(effect.channel, effect.message),)


def _open(
    lifecycle: Lifecycle, template: CtaTemplate, priority: Priority, as_of: datetime, index: int
) -> tuple[Lifecycle, tuple[Done, ...]]:
    taken = next((cta for cta in lifecycle.ctas if cta.is_open and cta.identity == template.identity), None)
    if taken is None:
        cta = new_cta(lifecycle, template, priority, as_of, index)
        return replace(lifecycle, ctas=(*lifecycle.ctas, cta)), (CtaOpened(cta),)
    if priority.rank > taken.priority.rank:
        raised = replace(taken, priority=priority)
        return _with_cta(lifecycle, raised), (CtaEscalated(taken.cause_key, taken.priority, priority),)
    snoozed = taken.snoozed_until is not None and taken.snoozed_until > as_of
    return lifecycle, (CtaSuppressed(template.key, template.identity, taken.cause_key, snoozed),)


def new_cta(lifecycle: Lifecycle, template: CtaTemplate, priority: Priority, as_of: datetime, index: int) -> Cta:
    """The CTA that a template describes, opened by the effect with this index of the account's next row."""
    return Cta(
        id=None,
        cause_key=f"{lifecycle.revision}.{index}",
        identity=template.identity,
        template=template.key,
        title=template.title,
        type=template.type,
        reason=template.reason,
        priority=priority,
        status=CtaStatus.NEW,
        opened_at=as_of,
        due_at=as_of + timedelta(days=template.due_in_days),
        owner=owner_of(lifecycle, template),
        playbook=template.playbook,
        tasks=template.tasks,
    )


def owner_of(lifecycle: Lifecycle, template: CtaTemplate) -> str:
    """The account's CSM where the template says `csm`, else the owner it names; the fallback for an account without."""
    owner = lifecycle.csm if template.owner == "csm" else template.owner
    return owner or template.fallback_owner or NOBODY


def close_ctas(
    lifecycle: Lifecycle, selector: CtaSelector, outcome: CtaOutcome, as_of: datetime
) -> tuple[Lifecycle, tuple[Done, ...]]:
    """Close every open CTA that the selector chooses; those opened by the same row stay open."""
    closed = tuple(
        cta
        for cta in lifecycle.ctas
        if cta.is_open
        and selector.matches(cta, lifecycle.entered_at)
        and not cta.cause_key.startswith(f"{lifecycle.revision}.")
    )
    for cta in closed:
        ended = replace(cta, status=CtaStatus.CLOSED, outcome=outcome, closed_at=as_of)
        lifecycle = _with_cta(lifecycle, ended)
    return lifecycle, tuple(CtaClosed(cta.cause_key, outcome) for cta in closed)


def _with_cta(lifecycle: Lifecycle, changed: Cta) -> Lifecycle:
    ctas = tuple(changed if cta.cause_key == changed.cause_key else cta for cta in lifecycle.ctas)
    return replace(lifecycle, ctas=ctas)


def _reach(lifecycle: Lifecycle, milestone: str, as_of: datetime) -> tuple[Lifecycle, tuple[Done, ...]]:
    reached_at = lifecycle.milestones.get(milestone)
    if reached_at is not None:
        return lifecycle, (MilestoneKept(milestone, reached_at),)
    dated = replace(lifecycle, milestones={**lifecycle.milestones, milestone: as_of})
    return dated, (MilestoneReached(milestone, as_of),)
