"""A person puts an account into a segment, whatever the rules say, or gives it back to the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput, MachineNotFound
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.landing import Landing, StageClock
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.begin import Start, begin
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route, migrate
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.services.assign import current_machines
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World

_KINDS = (RecordKind.REASSIGNED, RecordKind.MIGRATED, RecordKind.ASSIGNED)


@dataclass(frozen=True, slots=True)
class AssignSegment:
    """
    Say which segment an account is put into, and why.

    `stage` is where it goes on; None for the stage of the same key. `by_hand` keeps it
    there whatever the rules say; without, the next change of rules may take it away.
    """

    account_id: UUID
    segment: str
    reason: str
    idempotency_key: str
    stage: str | None = None
    clock: StageClock = StageClock.KEEP
    effects: bool = False
    by_hand: bool = True
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class SegmentAssigned:
    """The account is in the segment; `records` begin with that and go on with what it set in motion."""

    account: AccountView
    records: tuple[HistoryRecord, ...]
    replayed: bool


def assign_segment(world: World, actor: Actor, wanted: AssignSegment) -> SegmentAssigned:
    """
    Put an account into a segment and evaluate it there at once.

    Raises:
        Forbidden: the actor may not publish, which decides about segments.
        MachineNotFound: there is no such segment.
        InvalidInput: the segment has no such stage, none of the account's key, or the reason is none.
        UnknownAccount, StaleRevision, IdempotencyConflict: see there.
    """
    require(actor, Capability.PUBLISH)
    if take_text(wanted.reason) is None:
        raise InvalidInput("the reason must be 1 to 500 printable characters", path="input.reason")

    def work(desk: Desk) -> SegmentAssigned:
        before = desk.done_before(_KINDS, wanted.segment)
        if before:
            return SegmentAssigned(desk.view(), before, replayed=True)
        desk.check_revision()
        machine = _machine(desk, wanted.segment)
        step = _step(desk, machine, wanted)
        there = replace(desk, reading=replace(desk.reading, machine=machine))
        records = there.write((step,), wanted.reason)
        return SegmentAssigned(desk.view(), records, replayed=False)

    return at_desk(world, actor, command_of(wanted), work)


def _machine(desk: Desk, segment: str) -> Machine:
    machines = {each.segment: each for each in current_machines(desk.world, desk.connection)}
    if segment not in machines:
        raise MachineNotFound(f"there is no segment {segment[:60]!r}; there are: {', '.join(machines) or 'none'}")
    return machines[segment]


def _step(desk: Desk, machine: Machine, wanted: AssignSegment) -> Step:
    lifecycle, before = desk.reading.lifecycle, desk.reading.machine
    stage = _stage(lifecycle, machine, wanted.stage, is_new=before is None)
    if before is None:
        start = Start(lifecycle.account_id, lifecycle.csm, desk.as_of, stage)
        step = begin(machine, start, desk.as_of, lifecycle, desk.reading.facts)
    else:
        assert stage is not None
        way = Route(before, machine, _landings(lifecycle, stage, wanted.clock), wanted.effects)
        step = migrate(way, lifecycle, desk.as_of, Cause.PERSON, desk.reading.facts)
    put = replace(step.lifecycle, by_hand=wanted.by_hand)
    # The trigger is what was asked for, so that a repeated command is known again.
    return replace(step, cause=Cause.PERSON, trigger=wanted.segment, lifecycle=put)


def _landings(lifecycle: Lifecycle, stage: str, clock: StageClock) -> Mapping[str, Landing]:
    return {lifecycle.stage: Landing(stage, clock)}


def _stage(lifecycle: Lifecycle, machine: Machine, wanted: str | None, *, is_new: bool) -> str | None:
    stage = wanted or (None if is_new else lifecycle.stage)
    if stage is None or stage in machine.stages:
        return stage
    raise InvalidInput(
        f"{machine.segment!r} has no stage {stage[:60]!r}; say where the account goes on: {', '.join(machine.stages)}",
        path="input.stage",
    )
