"""Closed sets that only GraphQL has as such: truth, and the kinds of effects."""

from enum import Enum

import strawberry


@strawberry.enum(description="The three truth values of a guard and of each of its leaves.")
class Truth(Enum):
    """True, false and unknown, in words."""

    HOLDS = strawberry.enum_value("holds", description="It is true.")
    FAILS = strawberry.enum_value("fails", description="It is false.")
    UNKNOWN = strawberry.enum_value("unknown", description="A value is missing or stale, so it cannot be said.")


def truth_of(value: bool | None) -> Truth:  # noqa: FBT001 # the value itself is turned into a word
    """The word for a truth value; None is unknown."""
    if value is None:
        return Truth.UNKNOWN
    return Truth.HOLDS if value else Truth.FAILS


@strawberry.enum(description="What an effect of a history record did.")
class EffectKind(Enum):
    """The kinds of notes that history keeps of effects."""

    CTA_OPENED = strawberry.enum_value("cta_opened", description="A CTA was opened.")
    CTA_SUPPRESSED = strawberry.enum_value(
        "cta_suppressed",
        description="No CTA was opened, because one with the same identity is open or was closed too lately.",
    )
    CTA_ESCALATED = strawberry.enum_value("cta_escalated", description="The priority of an open CTA was raised.")
    CTA_CLOSED = strawberry.enum_value("cta_closed", description="A CTA was closed.")
    CTA_REOPENED = strawberry.enum_value(
        "cta_reopened", description="A CTA is open again, since what closed it was taken back."
    )
    CTA_WOKEN = strawberry.enum_value("cta_woken", description="A CTA does not rest any more.")
    CTA_EDITED = strawberry.enum_value("cta_edited", description="A person changed something about a CTA.")
    PLAN_OPENED = strawberry.enum_value("plan_opened", description="A success plan was opened.")
    PLAN_KEPT = strawberry.enum_value("plan_kept", description="No plan was opened, because one of its type is open.")
    PLAN_MOVED = strawberry.enum_value("plan_moved", description="A success plan has another status.")
    MILESTONE_REACHED = strawberry.enum_value("milestone_reached", description="A milestone was dated.")
    MILESTONE_REVOKED = strawberry.enum_value("milestone_revoked", description="A milestone lost the date that it had.")
    MILESTONE_KEPT = strawberry.enum_value(
        "milestone_kept", description="A milestone had been reached before and kept its date."
    )
    OVERRIDE_SET = strawberry.enum_value("override_set", description="A person spoke for a measure or for the score.")
    OVERRIDE_OVER = strawberry.enum_value("override_over", description="An override does not count any more.")
    PAUSE_BEGUN = strawberry.enum_value("pause_begun", description="The clock of the stage stands still.")
    PAUSE_OVER = strawberry.enum_value("pause_over", description="The clock of the stage goes on.")
    SEVERITY_REACHED = strawberry.enum_value(
        "severity_reached", description="An episode of an alert is so grave, from its beginning or from now on."
    )
    NOTIFIED = strawberry.enum_value("notified", description="A message was put into the outbox.")
    STAGE_IGNORED = strawberry.enum_value(
        "stage_ignored", description="The account was said to be in a stage that its segment does not have."
    )
