"""Mutation `snoozeCta`: a CTA rests for a while."""

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
from lifecycle_fsm.domain.cta_work import SnoozeCta as Snooze
from lifecycle_fsm.services.cta_work import WorkOnCta


@strawberry.input(description="Which CTA rests, and until when.")
class SnoozeCtaInput:
    """A command on a CTA."""

    cta_id: strawberry.ID = strawberry.field(description=CTA_ID)
    idempotency_key: str = strawberry.field(description=KEY)
    until: datetime | None = strawberry.field(
        default=None, description="When it wakes, an instant ahead; left out or null, it wakes now."
    )
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    comment: str | None = strawberry.field(default=None, description=COMMENT)


@strawberry.type
class SnoozeCta:
    """Field of the mutation root."""

    @resolved("Let an open CTA rest. It keeps its place and wakes by itself exactly at the instant.")
    async def snooze_cta(
        self,
        info: Info,
        given: Annotated[SnoozeCtaInput, strawberry.argument(name="input", description="The command.")],
    ) -> CtaResult:
        """Do it, and say what came of it."""
        return await answered(_do(info, given), account="ctaId")


async def _do(info: Info, given: SnoozeCtaInput) -> CtaChanged | UnknownCta | CtaAlreadyClosed | CtaPlaceTaken:
    account_id, cta_id = cta_of(given.cta_id, "input.ctaId")
    deed = Snooze(given.until)
    key, comment, expected = given.idempotency_key, given.comment, given.expected_revision
    return await worked(info, WorkOnCta(account_id, cta_id, deed, key, comment, expected))
