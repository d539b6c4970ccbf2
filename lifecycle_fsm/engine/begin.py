"""The first step of a lifecycle: an account is put into a stage of its segment's machine."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.facts import NOTHING_KNOWN, Facts
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.outcomes import StageIgnored, Step
from lifecycle_fsm.engine.perform import perform


@dataclass(frozen=True, slots=True)
class Start:
    """Where a lifecycle begins; a stage of None is the machine's initial one."""

    account_id: UUID
    csm: str | None
    entered_at: datetime
    stage: str | None = None


def begin(
    machine: Machine,
    start: Start,
    as_of: datetime,
    before: Lifecycle | None = None,
    facts: Facts = NOTHING_KNOWN,
) -> Step:
    """
    Assign an account to a machine and carry out the enter effects of its first stage.

    `before` is the account while no segment had it. An account that starts in a later
    stage was there already, so nothing is opened for it; a stage that the machine does
    not have is kept as ignored.
    """
    stage = machine.stages.get(start.stage or "", machine.stages[machine.initial])
    ignored = () if start.stage in (None, stage.key) else (StageIgnored(start.stage),)
    base = before or Lifecycle(start.account_id, machine.segment, machine.digest, stage.key, start.entered_at)
    assigned = replace(
        base,
        segment=machine.segment,
        machine=machine.digest,
        stage=stage.key,
        entered_at=start.entered_at,
        csm=start.csm,
        visits={stage.key: 1},
        paused_ms=0,
        stops=(),
        revision=base.revision + 1,
    )
    effects = stage.on_enter if stage.key == machine.initial else ()
    performed = perform(machine, assigned, effects, as_of, ignored, facts)
    return Step(
        kind=RecordKind.ASSIGNED,
        cause=Cause.AUTOMATIC,
        from_stage=None,
        lifecycle=performed.lifecycle,
        effective_at=as_of,
        subject=machine.segment,
        done=performed.done,
    )
