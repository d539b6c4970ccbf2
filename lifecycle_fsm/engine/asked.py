"""The steps that people ask for: a refusal kept, a milestone dated, a CTA closed, a plan changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lifecycle_fsm.domain.cta import CloseSource, Cta, CtaOutcome
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.plan import SuccessPlan
from lifecycle_fsm.engine.ended import ended
from lifecycle_fsm.engine.outcomes import (
    CtaClosed,
    CtaEdited,
    CtaOpened,
    Done,
    MilestoneReached,
    MilestoneRevoked,
    Refused,
    Step,
)


def keep_refusal(lifecycle: Lifecycle, refused: Refused, as_of: datetime) -> Step:
    """Keep a person's attempt that no guard allowed; the stage stays."""
    return Step(
        kind=RecordKind.REFUSED,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=lifecycle.revision + 1),
        effective_at=as_of,
        transition=refused.judged[0].transition.key,
        trigger=refused.trigger,
        judged=refused.judged,
        inputs=refused.inputs,
    )


def date_milestone(  # who dates it, and on what, beside what is dated
    lifecycle: Lifecycle,
    milestone: str,
    reached_at: datetime,
    as_of: datetime,
    cause: Cause = Cause.PERSON,
    inputs: Mapping[str, Value] | None = None,
) -> Step:
    """Date a milestone that was not reached before."""
    milestones = {**lifecycle.milestones, milestone: reached_at}
    return Step(
        kind=RecordKind.MILESTONE_REACHED,
        cause=cause,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=lifecycle.revision + 1, milestones=milestones),
        effective_at=as_of,
        subject=milestone,
        done=(MilestoneReached(milestone, reached_at),),
        inputs=inputs or {},
    )


def revoke_milestone(lifecycle: Lifecycle, milestone: str, as_of: datetime) -> Step:
    """Take back a milestone; what was observed until now does not date it again."""
    reached_at = lifecycle.milestones[milestone]
    others = {key: at for key, at in lifecycle.milestones.items() if key != milestone}
    revoked = {**lifecycle.revoked, milestone: as_of}
    return Step(
        kind=RecordKind.MILESTONE_REVOKED,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=lifecycle.revision + 1, milestones=others, revoked=revoked),
        effective_at=as_of,
        subject=milestone,
        done=(MilestoneRevoked(milestone, reached_at),),
    )


def redate_milestone(lifecycle: Lifecycle, milestone: str, reached_at: datetime, as_of: datetime) -> Step:
    """Give a milestone that is reached another date."""
    before = lifecycle.milestones[milestone]
    milestones = {**lifecycle.milestones, milestone: reached_at}
    return Step(
        kind=RecordKind.MILESTONE_REDATED,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=lifecycle.revision + 1, milestones=milestones),
        effective_at=as_of,
        subject=milestone,
        done=(MilestoneRevoked(milestone, before), MilestoneReached(milestone, reached_at)),
    )


def end_cta(lifecycle: Lifecycle, cta: Cta, outcome: CtaOutcome, as_of: datetime) -> Step:
    """Close one of the account's open CTAs."""
    after = replace(lifecycle, revision=lifecycle.revision + 1)
    closed = ended(after, cta, outcome, CloseSource.PERSON, as_of)
    return Step(
        kind=RecordKind.CTA_CLOSED,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=after.with_cta(closed),
        effective_at=as_of,
        subject=cta.cause_key,
        done=(CtaClosed(cta.cause_key, outcome),),
    )


def add_cta(lifecycle: Lifecycle, cta: Cta, as_of: datetime, words: Mapping[str, Value]) -> Step:
    """Open a CTA that a person asked for; `words` are what the person typed, kept where it can be erased."""
    return Step(
        kind=RecordKind.CTA_OPENED,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=lifecycle.revision + 1, ctas=(*lifecycle.ctas, cta)),
        effective_at=as_of,
        subject=cta.cause_key,
        done=(CtaOpened(cta),),
        inputs=words,
    )


def edit_cta(
    lifecycle: Lifecycle, cta: Cta, edits: Sequence[CtaEdited], as_of: datetime, words: Mapping[str, Value]
) -> Step:
    """Put a changed CTA in the place of the account's; `words` are what the person typed."""
    return Step(
        kind=RecordKind.CTA_CHANGED,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle.with_cta(cta), revision=lifecycle.revision + 1),
        effective_at=as_of,
        subject=cta.cause_key,
        done=tuple(edits),
        inputs=words,
    )


def plan_step(before: Lifecycle, after: Lifecycle, plan_type: str, done: tuple[Done, ...], as_of: datetime) -> Step:
    """Open a success plan or change its status; `after` stands at the row that will record it."""
    return Step(
        kind=RecordKind.PLAN_CHANGED,
        cause=Cause.PERSON,
        from_stage=before.stage,
        lifecycle=after,
        effective_at=as_of,
        subject=plan_type,
        done=done,
    )


def set_plans(lifecycle: Lifecycle, plan_type: str, plans: tuple[SuccessPlan, ...], as_of: datetime) -> Step:
    """Put changed success plans in the place of the account's; `plan_type` names the one that changed."""
    return Step(
        kind=RecordKind.PLAN_CHANGED,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=lifecycle.revision + 1, plans=plans),
        effective_at=as_of,
        subject=plan_type,
    )
