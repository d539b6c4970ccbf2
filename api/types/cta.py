"""CTAs: what a customer success manager is asked to do, and why."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.context import Info
from api.ids import global_id
from api.resolvers import resolved
from api.types.node import Node
from lifecycle_fsm.domain import cta_ageing as ageing
from lifecycle_fsm.domain.cta import CloseSource, CtaOutcome, CtaStatus, CtaType, Priority
from lifecycle_fsm.domain.cta import Cta as Call
from lifecycle_fsm.services.cta_browse import Comment, Link
from lifecycle_fsm.services.vocabulary import TaskProgress

if TYPE_CHECKING:
    from api.types.account import Account
    from api.types.history import HistoryRecord


@strawberry.type(description="One step of a CTA's playbook.")
class Task:
    """A task of a CTA."""

    key: str = strawberry.field(description="Names it in its playbook; at most 100 characters.")
    title: str = strawberry.field(description="What is to be done; at most 200 characters.")
    due_at: datetime = strawberry.field(description="When it is due, counted in days from the opening.")
    is_required: bool = strawberry.field(description="Whether the CTA counts on it.")
    done_at: datetime | None = strawberry.field(description="When it was done; null while it is not.")
    done_by: str | None = strawberry.field(description="Who did it; null while it is not. At most 200 characters.")
    assignee: str | None = strawberry.field(
        description="Who is to do it; null for whoever owns the CTA. At most 200 characters."
    )

    @classmethod
    def of(cls, progress: TaskProgress, opened_at: datetime) -> "Task":
        """Show a task of a CTA that was opened then."""
        task = progress.task
        return cls(
            key=task.key,
            title=task.title,
            due_at=task.due_at or opened_at + timedelta(days=task.due_in_days),
            is_required=task.required,
            done_at=progress.done_at,
            done_by=progress.done_by,
            assignee=None if task.assignee is None else str(task.assignee),
        )


@strawberry.type(description="What somebody wrote about a CTA; it is never changed.")
class CtaComment:
    """A comment."""

    id: strawberry.ID = strawberry.field(description="Opaque, for caches of clients; at most 500 characters.")
    author: str = strawberry.field(description="Who wrote it; at most 200 characters.")
    text: str = strawberry.field(description="What it says; at most 500 characters.")
    written_at: datetime = strawberry.field(description="When it was written.")

    @classmethod
    def of(cls, comment: Comment, account_id: UUID) -> "CtaComment":
        """Show a comment."""
        return cls(
            id=strawberry.ID(global_id("CtaComment", account_id, comment.id)),
            author=comment.author,
            text=comment.text,
            written_at=comment.written_at,
        )


@strawberry.type(description="Something outside that a CTA is linked to: an opportunity, a ticket, a contact.")
class CtaLink:
    """A link."""

    kind: str = strawberry.field(description="What kind of thing it is: `ticket`. At most 500 characters.")
    reference: str = strawberry.field(description="Which one, as its own system calls it; at most 500 characters.")
    title: str | None = strawberry.field(description="Its name for people; at most 500 characters.")
    url: str | None = strawberry.field(description="Where it is on the web; at most 500 characters.")
    linked_by: str = strawberry.field(description="Who linked it; at most 200 characters.")
    linked_at: datetime = strawberry.field(description="Since when it is linked.")

    @classmethod
    def of(cls, link: Link) -> "CtaLink":
        """Show a link."""
        to = link.to
        return cls(
            kind=to.kind,
            reference=to.reference,
            title=to.title,
            url=to.url,
            linked_by=link.linked_by,
            linked_at=link.linked_at,
        )


@strawberry.type(description="A call to action: something that somebody is asked to do for an account.")
class Cta(Node):
    """A call to action."""

    account_id: strawberry.Private[UUID]
    cta_id: strawberry.Private[UUID]
    call: strawberry.Private[Call]
    as_of: strawberry.Private[datetime]
    cause_key: str = strawberry.field(
        description="Names what opened it, once for ever in its account; at most 300 characters."
    )
    identity: str = strawberry.field(
        description="The place that it keeps while it is open, with its subject: only one is open there. At most 1,200 "
        "characters."
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
    subject: str | None = strawberry.field(
        description="What it is about, as kind and reference: `contract:C-17`. At most 600 characters."
    )
    opened_by: str | None = strawberry.field(
        description="Who opened it; null where the rules did. At most 200 characters."
    )
    close_source: CloseSource | None = strawberry.field(description="What closed it; null while it is open.")
    is_required: bool = strawberry.field(description="Whether its success plan counts on it; true without a plan.")

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The node id, which also names the account."""
        return strawberry.ID(global_id("Cta", self.account_id, self.cta_id))

    @resolved("The steps of its playbook, in their order; at most 100.")
    async def tasks(self, info: Info) -> list[Task]:
        """Load its tasks."""
        found = await info.context.loaders.tasks.load((self.account_id, self.cta_id))
        return [Task.of(progress, self.opened_at) for progress in found]

    @resolved("The share of its tasks that are done, 0 to 100; 100 once it is closed with success, null without tasks.")
    async def progress(self, info: Info) -> float | None:
        """Count what is done."""
        if self.outcome is CtaOutcome.SUCCESS:
            return 100.0
        found = await info.context.loaders.tasks.load((self.account_id, self.cta_id))
        return 100.0 * sum(each.done_at is not None for each in found) / len(found) if found else None

    @resolved("What people wrote about it, oldest first; at most 1,000.")
    async def comments(self, info: Info) -> list[CtaComment]:
        """Load its comments."""
        found = await info.context.loaders.comments.load((self.account_id, self.cta_id))
        return [CtaComment.of(comment, self.account_id) for comment in found]

    @resolved("What it is linked to, by kind and reference; at most 100.")
    async def links(self, info: Info) -> list[CtaLink]:
        """Load its links."""
        found = await info.context.loaders.links.load((self.account_id, self.cta_id))
        return [CtaLink.of(link) for link in found]

    @resolved("The CTA that it belongs to; null for none.")
    async def parent(self, info: Info) -> "Cta | None":
        """Find its parent."""
        return next((each for each in await self._others(info) if each.cause_key == self.call.parent), None)

    @resolved("The CTAs that belong to it, oldest first; at most 1,000.")
    async def children(self, info: Info) -> list["Cta"]:
        """Find those below it."""
        return [each for each in await self._others(info) if each.call.parent == self.cause_key]

    async def _others(self, info: Info) -> list["Cta"]:
        view = await info.context.loaders.accounts.load(self.account_id)
        return [] if view is None else [Cta.of(self.account_id, cta, view.as_of) for cta in view.lifecycle.ctas]

    @resolved("Its account; null where the reader may not see it.")
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.types.account")] | None:
        """Load its account."""
        from api.types.account import Account as Shown  # noqa: PLC0415 # the account shows its CTAs

        view = await info.context.loaders.accounts.load(self.account_id)
        return None if view is None else Shown(view=view)

    @resolved("Whether it rests now; it stays open and keeps others from being opened in its place.")
    def is_snoozed(self) -> bool:
        """Whether it rests."""
        return self.call.is_snoozed(self.as_of)

    @resolved("The due date that it was opened with.")
    def first_due_at(self) -> datetime:
        """The due date before it was put off."""
        return self.call.first_due_at or self.call.due_at

    @resolved("Days from its opening to its closing, or until now.")
    def age_days(self) -> float:
        """How old it is."""
        return ageing.age_days(self.call, self.as_of)

    @resolved("The reason's name for people, or its key where the catalog has it no more; at most 200 characters.")
    async def reason_title(self, info: Info) -> str:
        """Why it was opened, in words."""
        return (await info.context.loaders.catalog()).reason_title(self.reason)

    @resolved("Days that it was worked on beyond its due date; 0 before it.")
    def days_past_due(self) -> float:
        """How late it is or was."""
        return ageing.days_past_due(self.call, self.as_of)

    @resolved("Days by which its due date was put off since the opening; negative where it was brought forward.")
    def due_date_variance_days(self) -> float:
        """How far the due date moved."""
        return ageing.due_date_variance_days(self.call)

    @resolved("Whether it is open and its due date has passed.")
    def is_overdue(self) -> bool:
        """Whether it is late."""
        return ageing.is_overdue(self.call, self.as_of)

    @resolved("Whether it was closed after its due date.")
    def is_closed_overdue(self) -> bool:
        """Whether it was late."""
        return ageing.is_closed_overdue(self.call)

    @resolved("The history record that opened it, with what caused it and what followed.")
    async def opening(self, info: Info) -> Annotated["HistoryRecord", strawberry.lazy("api.types.history")] | None:
        """Load the record of the opening."""
        return await record_at(info, self.account_id, self.call.opened_seq)

    @resolved("The history record that closed it, with what followed; null while it is open.")
    async def closing(self, info: Info) -> Annotated["HistoryRecord", strawberry.lazy("api.types.history")] | None:
        """Load the record of the closing."""
        return await record_at(info, self.account_id, self.call.closed_seq)

    @classmethod
    def of(cls, account_id: UUID, cta: Call, as_of: datetime) -> "Cta":
        """Show a CTA that the recorder has written."""
        assert cta.id is not None
        return cls(
            account_id=account_id,
            cta_id=cta.id,
            call=cta,
            as_of=as_of,
            cause_key=cta.cause_key,
            identity=cta.identity,
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
            subject=cta.subject,
            opened_by=cta.opened_by,
            close_source=cta.close_source,
            is_required=cta.required,
        )


async def cta_at(info: Info, account_id: UUID, cta_id: UUID) -> Cta | None:
    """Load a CTA, None where there is none or the reader may not see its account."""
    view = await info.context.loaders.accounts.load(account_id)
    if view is None:
        return None
    return next((Cta.of(account_id, cta, view.as_of) for cta in view.lifecycle.ctas if cta.id == cta_id), None)


async def record_at(
    info: Info, account_id: UUID, seq: int | None
) -> Annotated["HistoryRecord", strawberry.lazy("api.types.history")] | None:
    """Load a row of an account's history, None where there is none."""
    from api.types.history import HistoryRecord as Shown  # noqa: PLC0415 # a record names CTAs

    row = None if seq is None else await info.context.loaders.records.load((account_id, seq))
    return None if row is None else Shown.of(row)
