"""Steps of the engine turned into what the store writes: the only maker of history rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.cta import Cta
from lifecycle_fsm.domain.fields import Value, is_derived_measure
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.plan import SuccessPlan
from lifecycle_fsm.engine.outcomes import CtaOpened, Evaluation, MilestoneReached, MilestoneRevoked, Step
from lifecycle_fsm.services.deeds import DEED
from lifecycle_fsm.services.episodes import episodes_of
from lifecycle_fsm.services.notes import note_of
from lifecycle_fsm.services.snapshot import BEFORE, snapshot_of
from lifecycle_fsm.store.accounts import StoredAccount
from lifecycle_fsm.store.change import (
    AccountChange,
    Health,
    LeftStage,
    Message,
    MilestoneEvent,
    OpenedCta,
    Record,
    place_of,
)
from lifecycle_fsm.store.ledger import Entry, canonical_effects

EVALUATOR = "2"
"""The version of the rules of evaluation themselves; a change that may decide, or tell, otherwise counts it up."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """
    Say who stands behind a write and when it is recorded.

    `command_id` marks the first record of the write, so that the command is done once;
    `deed`, the digest of what it asked for, stands among the inputs of that record.
    `as_of` is the evaluation date where it is not the instant of recording.
    """

    recorded_at: datetime
    actor: str | None = None
    on_behalf_of: str | None = None
    reason: str | None = None
    command_id: str | None = None
    deed: str | None = None
    run_id: UUID | None = None
    source: str = "engine"
    as_of: datetime | None = None


def change_of(before: StoredAccount, first: Sequence[Step], evaluation: Evaluation, stamp: Stamp) -> AccountChange:
    """
    Everything that one write does to an account: the steps that were asked for, then those of the evaluation.

    The actor, the reason and the command belong to the steps that were asked for; data
    and time did the others.
    """
    asked = tuple(_record(step, stamp, is_first=index == 0, asked=True) for index, step in enumerate(first))
    followed = tuple(
        _record(step, stamp, is_first=not first and index == 0, asked=not first)
        for index, step in enumerate(evaluation.steps)
    )
    if followed and not first:
        followed = (_undoable(followed[0], before.lifecycle), *followed[1:])
    steps = (*first, *evaluation.steps)
    return AccountChange(
        lifecycle=evaluation.lifecycle,
        before=before.head,
        recorded_at=stamp.recorded_at,
        records=(*asked, *followed),
        health=_health(before, evaluation, stamp),
        next_check_at=evaluation.next_check_at,
        row=evaluation.row,
        opened=tuple(_opened(steps, evaluation.lifecycle)),
        updated=_updated(before.lifecycle, evaluation.lifecycle),
        plans=_plans(before.lifecycle, evaluation.lifecycle),
        milestones=tuple(_milestones(steps, stamp)),
        messages=tuple(_messages(steps, stamp)),
        facts_version=before.facts_version,
        left=tuple(_left(before, steps)),
        stood=place_of(before.lifecycle),
        episodes=episodes_of(before.lifecycle, steps),
        undoes_since=next((step.undoes_since for step in steps if step.undoes_since is not None), None),
    )


def _undoable(record: Record, before: Lifecycle) -> Record:
    """The first row of an evaluation, which also keeps how the account stood before it."""
    return replace(record, inputs={**record.inputs, BEFORE: snapshot_of(before)})


def _record(step: Step, stamp: Stamp, *, is_first: bool, asked: bool) -> Record:
    entry = Entry(
        kind=step.kind,
        from_stage=step.from_stage,
        to_stage=step.lifecycle.stage,
        cause=step.cause,
        effective_at=step.effective_at,
        recorded_at=stamp.recorded_at,
        machine=step.lifecycle.machine,
        evaluator=EVALUATOR,
        transition=step.transition,
        trigger=step.trigger,
        subject=step.subject,
        actor=stamp.actor if asked else None,
        on_behalf_of=stamp.on_behalf_of if asked else None,
        reason=stamp.reason if asked else None,
        command_id=stamp.command_id if is_first else None,
        run_id=stamp.run_id,
        effects=canonical_effects([note_of(done) for done in step.done]),
    )
    return Record(entry, {**step.inputs, DEED: stamp.deed} if is_first and stamp.deed is not None else step.inputs)


def _left(before: StoredAccount, steps: Sequence[Step]) -> Iterator[LeftStage]:
    """The visits that end: one is over when its stage is left by a move, or when its clock begins again."""
    stood = before.lifecycle
    for index, step in enumerate(steps):
        is_placed = step.from_stage is not None and step.kind is not RecordKind.RUN_UNDONE
        if is_placed and (step.kind is RecordKind.MOVED or step.lifecycle.entered_at != stood.entered_at):
            health = step.health
            yield LeftStage(
                record=index,
                segment=stood.segment,
                machine=stood.machine,
                stage=stood.stage,
                entered_at=stood.entered_at,
                left_at=step.effective_at,
                to_stage=step.lifecycle.stage,
                kind=step.kind,
                transition=step.transition,
                csm=stood.csm,
                health_score=before.health_score if health is None else health.score,
                health_band=before.health_band if health is None else health.band,
                paused_ms=stood.stood_still_ms(step.effective_at),
            )
        stood = step.lifecycle


def _health(before: StoredAccount, evaluation: Evaluation, stamp: Stamp) -> Health:
    health, found_at = evaluation.health, stamp.as_of or stamp.recorded_at
    changed_at = found_at if health.score != before.health_score else None
    return Health(health.score, health.band, changed_at, dict(_changed(before.derived, evaluation.row)), found_at)


def _changed(before: Mapping[str, Value], row: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """The derived measures that are not what they were."""
    measures = {key for key in row if is_derived_measure(key)} | before.keys()
    return ((key, row.get(key)) for key in sorted(measures) if row.get(key) != before.get(key))


def _opened(steps: Sequence[Step], after: Lifecycle) -> Iterator[OpenedCta]:
    final = {cta.cause_key: cta for cta in after.ctas}
    for index, step in enumerate(steps):
        for done in step.done:
            if isinstance(done, CtaOpened):
                yield OpenedCta(final[done.cta.cause_key], index)


def _updated(before: Lifecycle, after: Lifecycle) -> tuple[Cta, ...]:
    """The CTAs that changed; those that closed come first, since one that opens again may want their place."""
    known = {cta.cause_key: cta for cta in before.ctas}
    changed = [cta for cta in after.ctas if cta.cause_key in known and cta != known[cta.cause_key]]
    return tuple(sorted(changed, key=lambda cta: cta.is_open))


def _plans(before: Lifecycle, after: Lifecycle) -> tuple[SuccessPlan, ...]:
    known = {(plan.id, plan.key): plan for plan in before.plans}
    return tuple(plan for plan in after.plans if plan != known.get((plan.id, plan.key)))


def _milestones(steps: Sequence[Step], stamp: Stamp) -> Iterator[MilestoneEvent]:
    for step in steps:
        for done in step.done:
            if isinstance(done, MilestoneReached | MilestoneRevoked):
                yield _milestone_event(step, done, stamp)


def _milestone_event(step: Step, done: MilestoneReached | MilestoneRevoked, stamp: Stamp) -> MilestoneEvent:
    """The author and the comment are those of a person who dated it; data and the stage's effects have neither."""
    by_person = step.cause is Cause.PERSON and step.subject == done.milestone
    by_data = {RecordKind.MILESTONE_REACHED: "data", RecordKind.RUN_UNDONE: "undo"}.get(step.kind, "stage")
    return MilestoneEvent(
        milestone=done.milestone,
        reached_at=done.reached_at,
        recorded_at=stamp.recorded_at,
        source=stamp.source if by_person else by_data,
        revoked=isinstance(done, MilestoneRevoked),
        author=stamp.actor if by_person else None,
        comment=stamp.reason if by_person else None,
    )


def _messages(steps: Sequence[Step], stamp: Stamp) -> Iterator[Message]:
    for index, step in enumerate(steps):
        yield from _step_messages(step, index, stamp)


def _step_messages(step: Step, index: int, stamp: Stamp) -> Iterator[Message]:
    about = {"stage": step.lifecycle.stage, "from_stage": step.from_stage, "transition": step.transition}
    yield Message(step.kind.value, {**about, "subject": step.subject}, stamp.recorded_at, index)
    for done in step.done:
        opened = done.cta.cause_key if isinstance(done, CtaOpened) else None
        note = note_of(done)
        yield Message(str(note["did"]), {**about, **note}, stamp.recorded_at, index, cta=opened)
