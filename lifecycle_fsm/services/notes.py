"""What each effect did, as history keeps it and as people read it."""

from collections.abc import Iterable, Mapping

import orjson

from lifecycle_fsm.domain.cta import Cta
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.outcomes import (
    CtaClosed,
    CtaDeed,
    CtaEdited,
    CtaEscalated,
    CtaOpened,
    CtaReopened,
    CtaSuppressed,
    CtaWoken,
    Done,
    MilestoneKept,
    MilestoneReached,
    MilestoneRevoked,
    Notified,
    OverrideOver,
    OverrideSet,
    PauseBegun,
    PauseOver,
    PlanDeed,
    PlanKept,
    PlanMoved,
    PlanOpened,
    SeverityReached,
    StageIgnored,
)
from lifecycle_fsm.store.instants import optional_ms

Note = Mapping[str, str | int | bool | None]
"""One effect in plain names and values; `did` says which kind it is."""


def note_of(done: Done) -> Note:
    """
    Write an effect down.

    CTAs are named by their cause key, instants in milliseconds since 1970.
    """
    match done:
        case CtaOpened() | CtaSuppressed() | CtaEscalated() | CtaClosed() | CtaReopened() | CtaWoken() | CtaEdited():
            return _of_cta(done)
        case PlanOpened() | PlanKept() | PlanMoved():
            return _of_plan(done)
        case MilestoneReached() | MilestoneRevoked() | MilestoneKept():
            return _of_milestone(done)
        case Notified():
            return {"did": "notified", "channel": done.channel, "message": done.message}
        case OverrideSet() | OverrideOver() | PauseBegun() | PauseOver():
            return _of_word(done)
        case SeverityReached():
            before = None if done.before is None else done.before.value
            return {"did": "severity_reached", "before": before, "after": done.after.value}
        case StageIgnored():
            return {"did": "stage_ignored", "stage": done.stage}


def _without_subject(cta: Cta) -> str:
    """The place of a CTA but for its subject: that may name a person, and a note cannot be erased."""
    return cta.identity if cta.subject is None else cta.identity.replace(f"/{cta.subject}", "", 1)


def _of_milestone(done: MilestoneReached | MilestoneRevoked | MilestoneKept) -> Note:
    word = {MilestoneReached: "reached", MilestoneRevoked: "revoked", MilestoneKept: "kept"}[type(done)]
    return {"did": f"milestone_{word}", "milestone": done.milestone, "reached_at": to_ms(done.reached_at)}


def _of_override(done: OverrideSet | OverrideOver) -> Note:
    about = {"measure": done.key, "value": repr(done.value)}
    if isinstance(done, OverrideSet):
        return {"did": "override_set", **about, "until": to_ms(done.until)}
    return {"did": "override_over", **about, "end": done.end.value}


def _of_word(done: OverrideSet | OverrideOver | PauseBegun | PauseOver) -> Note:
    """What a person said of health or of the clock."""
    return _of_pause(done) if isinstance(done, PauseBegun | PauseOver) else _of_override(done)


def _of_pause(done: PauseBegun | PauseOver) -> Note:
    until = optional_ms(done.until)
    if isinstance(done, PauseBegun):
        since = {} if done.since is None else {"since": to_ms(done.since)}
        return {"did": "pause_begun", **since, "until": until}
    return {"did": "pause_over", "since": to_ms(done.since), "until": until}


def _of_plan(done: PlanDeed) -> Note:
    match done:
        case PlanOpened(plan):
            due = {} if plan.due_at is None else {"due_at": to_ms(plan.due_at)}
            return {"did": "plan_opened", "plan": plan.key, "type": plan.type, "after": plan.status.value, **due}
        case PlanKept():
            return {"did": "plan_kept", "plan": done.by, "type": done.type}
        case PlanMoved():
            moved = {"before": done.before.value, "after": done.after.value}
            return {"did": "plan_moved", "plan": done.key, "type": done.type, **moved}


def _of_cta(done: CtaDeed) -> Note:
    match done:
        case CtaOpened(cta):
            return {
                "did": "cta_opened",
                "cta": cta.cause_key,
                "template": cta.template,
                "identity": _without_subject(cta),
                "priority": cta.priority.value,
                "owner": cta.owner,
                "due_at": to_ms(cta.due_at),
            }
        case CtaSuppressed():
            return {
                "did": "cta_suppressed",
                "template": done.template,
                "identity": done.identity,
                "by": done.by,
                "snoozed": done.snoozed,
                **({} if done.until is None else {"until": to_ms(done.until)}),
            }
        case CtaEscalated():
            return {
                "did": "cta_escalated",
                "cta": done.cause_key,
                "before": done.before.value,
                "after": done.after.value,
            }
        case CtaClosed():
            return {"did": "cta_closed", "cta": done.cause_key, "outcome": done.outcome.value}
        case CtaReopened():
            return {"did": "cta_reopened", "cta": done.cause_key}
        case CtaWoken():
            return {"did": "cta_woken", "cta": done.cause_key}
        case CtaEdited():
            edited = {"field": done.field, "before": done.before, "after": done.after}
            return {"did": "cta_edited", "cta": done.cause_key, **edited}


def severity_noted(effects: str) -> AlertSeverity:
    """The severity of an alert that the effects of a row speak of, as the log keeps them."""
    return severity_said(orjson.loads(effects))


def severity_said(notes: Iterable[Note]) -> AlertSeverity:
    """The severity of an alert that notes speak of; medium where they do not."""
    reached = (str(note["after"]) for note in notes if note["did"] == "severity_reached")
    return AlertSeverity(next(reached, AlertSeverity.MEDIUM))


def closed_in(effects: str) -> tuple[str, ...]:
    """The cause keys of the CTAs that the effects of a row closed, in their order."""
    return tuple(str(note["cta"]) for note in orjson.loads(effects) if note["did"] == "cta_closed")
