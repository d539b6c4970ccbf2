"""Mutation `setCtaTask`: a task of a CTA is done, or not any more."""

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
from lifecycle_fsm.domain.cta_work import SetTask
from lifecycle_fsm.services.cta_work import WorkOnCta


@strawberry.input(description="Which task of which CTA is done.")
class SetCtaTaskInput:
    """A command on a CTA."""

    cta_id: strawberry.ID = strawberry.field(description=CTA_ID)
    task: str = strawberry.field(description="The key of the task; at most 100 characters.")
    is_done: bool = strawberry.field(description="Whether it is done; false takes it back.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    comment: str | None = strawberry.field(default=None, description=COMMENT)


@strawberry.type
class SetCtaTask:
    """Field of the mutation root."""

    @resolved("Say that a task of the playbook is done, or take it back. The first one puts a new CTA in progress.")
    async def set_cta_task(
        self,
        info: Info,
        given: Annotated[SetCtaTaskInput, strawberry.argument(name="input", description="The command.")],
    ) -> CtaResult:
        """Do it, and say what came of it."""
        return await answered(_do(info, given), account="ctaId")


async def _do(info: Info, given: SetCtaTaskInput) -> CtaChanged | UnknownCta | CtaAlreadyClosed | CtaPlaceTaken:
    account_id, cta_id = cta_of(given.cta_id, "input.ctaId")
    deed = SetTask(given.task, given.is_done)
    key, comment, expected = given.idempotency_key, given.comment, given.expected_revision
    return await worked(info, WorkOnCta(account_id, cta_id, deed, key, comment, expected))
