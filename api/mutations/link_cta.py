"""Mutation `linkCta`: a CTA is linked to something outside."""

from typing import Annotated

import strawberry

from api.context import Info
from api.ids import cta_of
from api.mutations.answer import answered
from api.mutations.cta_answer import CtaChanged, CtaResult, worked
from api.mutations.inputs import COMMENT, CTA_ID, KEY, REVISION
from api.resolvers import resolved
from api.types.cta_input import CtaLinkInput
from api.types.cta_problems import CtaPlaceTaken
from api.types.problems import CtaAlreadyClosed, UnknownCta
from lifecycle_fsm.domain.cta_work import LinkCta as Join
from lifecycle_fsm.domain.cta_work import Reference
from lifecycle_fsm.services.cta_work import WorkOnCta


@strawberry.input(description="What to link to which CTA.")
class LinkCtaInput:
    """A command on a CTA."""

    cta_id: strawberry.ID = strawberry.field(description=CTA_ID)
    link: CtaLinkInput = strawberry.field(description="What to link.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    comment: str | None = strawberry.field(default=None, description=COMMENT)


@strawberry.type
class LinkCta:
    """Field of the mutation root."""

    @resolved("Link a CTA to an opportunity, a ticket, a contact or the like; a link to the same thing is replaced.")
    async def link_cta(
        self,
        info: Info,
        given: Annotated[LinkCtaInput, strawberry.argument(name="input", description="The command.")],
    ) -> CtaResult:
        """Do it, and say what came of it."""
        return await answered(_do(info, given), account="ctaId")


async def _do(info: Info, given: LinkCtaInput) -> CtaChanged | UnknownCta | CtaAlreadyClosed | CtaPlaceTaken:
    account_id, cta_id = cta_of(given.cta_id, "input.ctaId")
    link = given.link
    deed = Join(Reference(link.kind, link.reference, link.title, link.url))
    key, comment, expected = given.idempotency_key, given.comment, given.expected_revision
    return await worked(info, WorkOnCta(account_id, cta_id, deed, key, comment, expected))
