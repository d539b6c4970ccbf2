"""What the engine answers: the decision on a trigger, and the steps that an account took."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, Priority
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.override import OverrideEnd
from lifecycle_fsm.domain.plan import PlanStatus, SuccessPlan
from lifecycle_fsm.domain.scorecard import HealthScore
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.machine import Transition
from lifecycle_fsm.guards.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A transition with the verdict of its guard."""

    transition: Transition
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Moved:
    """
    The trigger takes this transition.

    `effects` are those noted on the way: of leaving, of the transition, of entering.
    `inputs` is the row that its guard was judged on.
    """

    transition: Transition
    trigger: str
    verdict: Verdict
    effects: tuple[Effect, ...]
    inputs: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Refused:
    """The stage knows the trigger, but no guard of its transitions is true; all are listed with their reason."""

    stage: str
    trigger: str
    judged: tuple[Judged, ...]
    inputs: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Untriggered:
    """The stage has no transition with this trigger; `offered` are the triggers that it has for people."""

    stage: str
    trigger: str
    offered: tuple[str, ...]


Decision = Moved | Refused | Untriggered


@dataclass(frozen=True, slots=True)
class CtaOpened:
    """An effect opened a CTA."""

    cta: Cta


@dataclass(frozen=True, slots=True)
class CtaSuppressed:
    """
    An effect opened nothing because of the CTA with the cause key `by`.

    That one is open in the same place, `snoozed` or not, or was closed there so lately that
    the template rests. `until` is when it wakes, or when the rest ends.
    """

    template: str
    identity: str
    by: str
    snoozed: bool
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CtaEscalated:
    """An effect raised the priority of the open CTA with this cause key instead of opening a second."""

    cause_key: str
    before: Priority
    after: Priority


@dataclass(frozen=True, slots=True)
class CtaClosed:
    """The CTA with this cause key was closed."""

    cause_key: str
    outcome: CtaOutcome


@dataclass(frozen=True, slots=True)
class CtaReopened:
    """The CTA with this cause key is open again, since what closed it was taken back."""

    cause_key: str


@dataclass(frozen=True, slots=True)
class CtaWoken:
    """The CTA with this cause key has rested as long as somebody wished."""

    cause_key: str


@dataclass(frozen=True, slots=True)
class CtaEdited:
    """
    A person changed this of the CTA with this cause key.

    `before` and `after` are None for words of people, which are kept apart so that they can
    be erased.
    """

    cause_key: str
    field: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class PlanOpened:
    """A success plan was opened."""

    plan: SuccessPlan


@dataclass(frozen=True, slots=True)
class PlanKept:
    """An effect opened no plan: the one with the key `by` is open."""

    type: str
    by: str


@dataclass(frozen=True, slots=True)
class PlanMoved:
    """The plan with this key has another status."""

    key: str
    type: str
    before: PlanStatus
    after: PlanStatus


@dataclass(frozen=True, slots=True)
class MilestoneReached:
    """A milestone was dated."""

    milestone: str
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class MilestoneRevoked:
    """A milestone lost the date that it had."""

    milestone: str
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class MilestoneKept:
    """A milestone had been reached before and keeps its date."""

    milestone: str
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class Notified:
    """A message goes to a channel."""

    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class OverrideSet:
    """A person spoke in the place of a measure, or of the health score."""

    key: str
    value: float
    until: datetime


@dataclass(frozen=True, slots=True)
class OverrideOver:
    """An override does not count any more."""

    key: str
    value: float
    end: OverrideEnd


@dataclass(frozen=True, slots=True)
class SeverityReached:
    """An episode of an alert is this grave now; `before` is None where it began so."""

    before: AlertSeverity | None
    after: AlertSeverity


@dataclass(frozen=True, slots=True)
class PauseBegun:
    """The clock of the stage stands still, from now or another date, until an instant or until somebody resumes it."""

    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PauseOver:
    """The clock of the stage stood still from one instant to another, and goes on."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class StageIgnored:
    """An account was said to be in a stage that its segment does not have; it starts in the initial one."""

    stage: str


CtaDeed = CtaOpened | CtaSuppressed | CtaEscalated | CtaClosed | CtaReopened | CtaWoken | CtaEdited
"""What was done to CTAs."""

PlanDeed = PlanOpened | PlanKept | PlanMoved
"""What was done to success plans."""

HealthDeed = OverrideSet | OverrideOver
"""What was done to overrides of health."""

MilestoneDeed = MilestoneReached | MilestoneRevoked | MilestoneKept
"""What was done to the dates of milestones."""

ClockDeed = PauseBegun | PauseOver
"""What was done to the clock of the stage."""

Done = CtaDeed | PlanDeed | HealthDeed | ClockDeed | MilestoneDeed | SeverityReached | Notified | StageIgnored


@dataclass(frozen=True, slots=True)
class Step:
    """
    One thing that happened to an account; the recorder writes one history row for it.

    `lifecycle` is the account after the step, its `revision` being the row's sequence
    number. `subject` names what a step without a move is about: an alert, a pace, a
    milestone, a CTA's cause key, a success plan's type. `inputs` is the row that was
    judged, empty where nothing was. `health` is what the account had when a move was
    decided, and `undoes_since` the number of the first history row that is taken back.
    """

    kind: RecordKind
    cause: Cause
    from_stage: str | None
    lifecycle: Lifecycle
    effective_at: datetime
    transition: str | None = None
    trigger: str | None = None
    subject: str | None = None
    done: tuple[Done, ...] = ()
    verdict: Verdict | None = None
    judged: tuple[Judged, ...] = ()
    inputs: Mapping[str, Value] = field(default_factory=dict)
    health: HealthScore | None = None
    undoes_since: int | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """
    What one evaluation of an account found.

    `steps` are in order; `lifecycle` and `health` stand after the last. `row` holds the
    value of every field of the machine afterwards, for the hot row. `held_by_unknown`
    are the transitions that data could take if a missing or stale value were known.
    `next_check_at` is the first instant at which time alone may change an answer.
    """

    steps: tuple[Step, ...]
    lifecycle: Lifecycle
    health: HealthScore
    row: Mapping[str, Value]
    held_by_unknown: tuple[str, ...]
    next_check_at: datetime | None
