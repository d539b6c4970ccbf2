"""CTAs: what a customer success manager is asked to do, and why."""

from datetime import datetime, timedelta
from uuid import UUID

import strawberry

from api.context import Info
from api.ids import global_id
from api.resolvers import resolved
from api.types.node import Node
from lifecycle_fsm.domain.cta import Cta as Call
from lifecycle_fsm.domain.cta import CtaOutcome, CtaStatus, CtaType, Priority
from lifecycle_fsm.services.vocabulary import TaskProgress


@strawberry.type(description="One step of a CTA's playbook.")
class Task:
    """A task of a CTA."""

    key: str = strawberry.field(description="Names it in its playbook; at most 100 characters.")
    title: str = strawberry.field(description="What is to be done; at most 200 characters.")
    due_at: datetime = strawberry.field(description="When it is due, counted in days from the opening.")
    is_required: bool = strawberry.field(description="Whether the CTA counts on it.")
    done_at: datetime | None = strawberry.field(description="When it was done; null while it is not.")
    done_by: str | None = strawberry.field(description="Who did it; null while it is not. At most 200 characters.")

    @classmethod
    def of(cls, progress: TaskProgress, opened_at: datetime) -> "Task":
        """Show a task of a CTA that was opened then."""
        task = progress.task
        return cls(
            key=task.key,
            title=task.title,
            due_at=opened_at + timedelta(days=task.due_in_days),
            is_required=task.required,
            done_at=progress.done_at,
            done_by=progress.done_by,
        )


@strawberry.type(description="A call to action: something that somebody is asked to do for an account.")
class Cta(Node):
    """A call to action."""

    account_id: strawberry.Private[UUID]
    cta_id: strawberry.Private[UUID]
    cause_key: str = strawberry.field(
        description="Names what opened it, once for ever in its account; at most 300 characters."
    )
    template: str = strawberry.field(description="The key of the template it was opened from; at most 100 characters.")
    title: str = strawberry.field(description="What it asks for; at most 200 characters.")
    type: CtaType = strawberry.field(description="Its family.")
    reason: str = strawberry.field(description="The key of the reason why it was opened; at most 100 characters.")
    priority: Priority = strawberry.field(description="How urgent it is.")
    status: CtaStatus = strawberry.field(description="Where the work on it stands.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    due_at: datetime = strawberry.field(description="When it is due.")
    owner: str = strawberry.field(description="Who works it; at most 200 characters.")
    outcome: CtaOutcome | None = strawberry.field(description="How it ended; null while it is open.")
    closed_at: datetime | None = strawberry.field(description="When it was closed; null while it is open.")
    snoozed_until: datetime | None = strawberry.field(description="Until when it rests; null when it does not.")
    playbook: str | None = strawberry.field(description="The key of its playbook; at most 100 characters.")
    is_flagged: bool = strawberry.field(description="Whether a person marked it as one to keep an eye on.")

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The node id, which also names the account."""
        return strawberry.ID(global_id("Cta", self.account_id, self.cta_id))

    @resolved("The steps of its playbook, in their order; at most 100.")
    async def tasks(self, info: Info) -> list[Task]:
        """Load its tasks."""
        found = await info.context.loaders.tasks.load((self.account_id, self.cta_id))
        return [Task.of(progress, self.opened_at) for progress in found]

    @classmethod
    def of(cls, account_id: UUID, cta: Call) -> "Cta":
        """Show a CTA that the recorder has written."""
        assert cta.id is not None
        return cls(
            account_id=account_id,
            cta_id=cta.id,
            cause_key=cta.cause_key,
            template=cta.template,
            title=cta.title,
            type=cta.type,
            reason=cta.reason,
            priority=cta.priority,
            status=cta.status,
            opened_at=cta.opened_at,
            due_at=cta.due_at,
            owner=cta.owner,
            outcome=cta.outcome,
            closed_at=cta.closed_at,
            snoozed_until=cta.snoozed_until,
            playbook=cta.playbook,
            is_flagged=cta.flagged,
        )
