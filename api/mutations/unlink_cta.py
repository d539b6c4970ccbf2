"""Mutation `unlinkCta`: a link of a CTA is taken away."""

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
from lifecycle_fsm.domain.cta_work import UnlinkCta as Part
from lifecycle_fsm.services.cta_work import WorkOnCta


@strawberry.input(description="Which link of which CTA to take away.")
class UnlinkCtaInput:
    """A command on a CTA."""

    cta_id: strawberry.ID = strawberry.field(description=CTA_ID)
    kind: str = strawberry.field(description="What kind of thing it is; at most 500 characters.")
    reference: str = strawberry.field(description="Which one; at most 500 characters.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    comment: str | None = strawberry.field(default=None, description=COMMENT)


@strawberry.type
class UnlinkCta:
    """Field of the mutation root."""

    @resolved("Take a link of a CTA away.")
    async def unlink_cta(
        self,
        info: Info,
        given: Annotated[UnlinkCtaInput, strawberry.argument(name="input", description="The command.")],
    ) -> CtaResult:
        """Do it, and say what came of it."""
        return await answered(_do(info, given), account="ctaId")


async def _do(info: Info, given: UnlinkCtaInput) -> CtaChanged | UnknownCta | CtaAlreadyClosed | CtaPlaceTaken:
    account_id, cta_id = cta_of(given.cta_id, "input.ctaId")
    deed = Part(given.kind, given.reference)
    key, comment, expected = given.idempotency_key, given.comment, given.expected_revision
    return await worked(info, WorkOnCta(account_id, cta_id, deed, key, comment, expected))
