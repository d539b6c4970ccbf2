"""Mutation `updateCta`: a person edits a CTA."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.ids import cta_of
from api.mutations.answer import answered
from api.mutations.cta_answer import CtaChanged, CtaResult, worked
from api.mutations.inputs import COMMENT, CTA_ID, KEY, REVISION
from api.resolvers import resolved
from api.types.cta_problems import CtaPlaceTaken
from api.types.problems import CtaAlreadyClosed, UnknownCta
from lifecycle_fsm.domain.cta import CtaStatus, Priority
from lifecycle_fsm.domain.cta_work import EditCta
from lifecycle_fsm.services.cta_work import WorkOnCta


@strawberry.input(description="What to change of which CTA; what is left out or null stays as it is.")
class UpdateCtaInput:
    """A command on a CTA."""

    cta_id: strawberry.ID = strawberry.field(description=CTA_ID)
    idempotency_key: str = strawberry.field(description=KEY)
    title: str | None = strawberry.field(default=None, description="What it asks for; 1 to 500 printable characters.")
    due_at: datetime | None = strawberry.field(default=None, description="When it is due; from 1900 to 2200.")
    priority: Priority | None = strawberry.field(default=None, description="How urgent it is.")
    owner: str | None = strawberry.field(default=None, description="Who works it; 1 to 500 printable characters.")
    status: CtaStatus | None = strawberry.field(
        default=None, description="NEW or IN_PROGRESS; a CTA is closed with `closeCta`."
    )
    is_flagged: bool | None = strawberry.field(default=None, description="Whether to keep an eye on it.")
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The id of another CTA of the account that it belongs to; at most 500 characters."
    )
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    comment: str | None = strawberry.field(default=None, description=COMMENT)


@strawberry.type
class UpdateCta:
    """Field of the mutation root."""

    @resolved("Change title, due date, priority, owner, status, flag or parent of an open CTA.")
    async def update_cta(
        self,
        info: Info,
        given: Annotated[UpdateCtaInput, strawberry.argument(name="input", description="The command.")],
    ) -> CtaResult:
        """Do it, and say what came of it."""
        return await answered(_do(info, given), account="ctaId")


async def _do(info: Info, given: UpdateCtaInput) -> CtaChanged | UnknownCta | CtaAlreadyClosed | CtaPlaceTaken:
    account_id, cta_id = cta_of(given.cta_id, "input.ctaId")
    parent = None if given.parent_id is None else cta_of(given.parent_id, "input.parentId")[1]
    deed = EditCta(
        title=given.title,
        due_at=given.due_at,
        priority=given.priority,
        owner=given.owner,
        status=given.status,
        flagged=given.is_flagged,
        parent=parent,
    )
    key, comment, expected = given.idempotency_key, given.comment, given.expected_revision
    return await worked(info, WorkOnCta(account_id, cta_id, deed, key, comment, expected))
