"""Calls to action: what a customer success manager is asked to do, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.cta_rules import CSM_LEAD, DueIn, FromDate, OwnerFromFact, OwnerRule, SubjectRule


class CtaType(StrEnum):
    """The five families of CTAs."""

    RISK = "risk"
    LIFECYCLE = "lifecycle"
    EXPANSION = "expansion"
    OBJECTIVE = "objective"
    ACTIVITY = "activity"


class Priority(StrEnum):
    """How urgent a CTA is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for low, 1 for medium, 2 for high."""
        return ("low", "medium", "high").index(self.value)


class CtaStatus(StrEnum):
    """Where the work on a CTA stands; a snoozed CTA is still open."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class CtaOutcome(StrEnum):
    """How a closed CTA ended."""

    SUCCESS = "success"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    INVALID = "invalid"
    RECOVERED = "recovered"


class CloseSource(StrEnum):
    """What closed a CTA."""

    PERSON = "person"
    """Somebody said how it ended."""
    EFFECT = "effect"
    """A transition or a stage asked for it, or an alert that is over."""
    RULE = "rule"
    """The `close_when` of its template."""
    PLAN = "plan"
    """Its success plan ended."""
    UNDO = "undo"
    """The run that opened it was taken back."""


@dataclass(frozen=True, slots=True)
class Task:
    """
    One step of a playbook, due so many days after the CTA was opened.

    `assignee` is None where whoever works the CTA does it. `due_at` is None until the CTA
    is opened, and for tasks of CTAs opened by older releases.
    """

    key: str
    title: str
    due_in_days: int
    required: bool = True
    business: bool = False
    assignee: OwnerRule | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CtaTemplate:
    """
    Describe the CTAs that an effect opens.

    `owners` are asked in turn, `fallback_owner` last. `identity` names what may be open
    only once for an account, with its subject where there is one: two templates with the
    same identity occupy the same place. `cool_down_ms` keeps that place closed so long
    after a CTA in it was closed.
    """

    key: str
    title: str
    type: CtaType
    reason: str
    priority: Priority
    due_in: DueIn
    owners: tuple[OwnerRule, ...]
    fallback_owner: str | None
    identity: str
    playbook: str | None = None
    tasks: tuple[Task, ...] = ()
    due_before: FromDate | None = None
    due_after: FromDate | None = None
    subject: SubjectRule | None = None
    cool_down_ms: int = 0

    @property
    def asks_for_lead(self) -> bool:
        """Whether the lead of the account's CSM may have to do something."""
        return CSM_LEAD in self.owners or any(task.assignee == CSM_LEAD for task in self.tasks)

    @property
    def asked_facts(self) -> tuple[str, ...]:
        """The facts that are asked when a CTA of the template is opened."""
        owners = tuple(rule.fact for rule in self.owners if isinstance(rule, OwnerFromFact))
        others = (self.due_before, self.due_after, self.subject)
        return (*owners, *(rule.fact for rule in others if rule is not None))


@dataclass(frozen=True, slots=True)
class Cta:
    """
    One call to action of one account, as guards and effects see it.

    `cause_key` names the single effect or command that opened it and is unique for the
    account for ever; `id` is None until the recorder has written it. `flagged` says that a
    person marked it as one to keep an eye on. `subject` is what it is about, such as
    `contract:C-17`. `first_due_at` is the due date that it was opened with. `parent` and
    `plan` are the keys of the CTA and of the success plan that it belongs to; `required`
    says whether the plan counts on it. `closed_seq` is the history row that closed it.
    """

    id: UUID | None
    cause_key: str
    identity: str
    template: str
    title: str
    type: CtaType
    reason: str
    priority: Priority
    status: CtaStatus
    opened_at: datetime
    due_at: datetime
    owner: str
    outcome: CtaOutcome | None = None
    closed_at: datetime | None = None
    snoozed_until: datetime | None = None
    playbook: str | None = None
    tasks: tuple[Task, ...] = ()
    flagged: bool = False
    subject: str | None = None
    first_due_at: datetime | None = None
    opened_by: str | None = None
    close_source: CloseSource | None = None
    closed_seq: int | None = None
    parent: str | None = None
    plan: str | None = None
    required: bool = True

    @property
    def is_open(self) -> bool:
        """Whether the CTA still asks for work."""
        return self.status is not CtaStatus.CLOSED

    def is_snoozed(self, as_of: datetime) -> bool:
        """Whether it rests at that date; it stays open and keeps its place."""
        return self.snoozed_until is not None and self.snoozed_until > as_of

    @property
    def opened_seq(self) -> int:
        """The history row that opened it, which its cause key begins with."""
        return int(self.cause_key.partition(".")[0])
