"""What each effect did, as history keeps it and as people read it."""

from collections.abc import Mapping

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.outcomes import (
    CtaClosed,
    CtaEscalated,
    CtaOpened,
    CtaSuppressed,
    Done,
    MilestoneKept,
    MilestoneReached,
    Notified,
    StageIgnored,
)

Note = Mapping[str, str | int | bool | None]
"""One effect in plain names and values; `did` says which kind it is."""


def note_of(done: Done) -> Note:
    """
    Write an effect down.

    CTAs are named by their cause key, instants in milliseconds since 1970.
    """
    match done:
        case CtaOpened() | CtaSuppressed() | CtaEscalated() | CtaClosed():
            return _of_cta(done)
        case MilestoneReached():
            return {
                "did": "milestone_reached",
                "milestone": done.milestone,
                "reached_at": to_ms(done.reached_at),
            }
        case MilestoneKept():
            return {"did": "milestone_kept", "milestone": done.milestone, "reached_at": to_ms(done.reached_at)}
        case Notified():
            return {"did": "notified", "channel": done.channel, "message": done.message}
        case StageIgnored():
            return {"did": "stage_ignored", "stage": done.stage}


def _of_cta(done: CtaOpened | CtaSuppressed | CtaEscalated | CtaClosed) -> Note:
    match done:
        case CtaOpened(cta):
            return {
                "did": "cta_opened",
                "cta": cta.cause_key,
                "template": cta.template,
                "identity": cta.identity,
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
