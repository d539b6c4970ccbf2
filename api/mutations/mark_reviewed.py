"""Mutation `markReviewed`: a reviewer has looked at a record or a period."""

from datetime import datetime
from typing import Annotated, Union

import strawberry

from api.context import Info
from api.mutations.answer import answered
from api.mutations.inputs import KEY
from api.resolvers import resolved
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision, UnknownAccount
from api.types.review import ReviewMarked, about_of
from lifecycle_fsm.services.audit.review import mark_reviewed


@strawberry.input(description="What was reviewed: a record, an account, or a period of all accounts.")
class MarkReviewedInput:
    """The input of a review."""

    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="The account; null for all, which needs a period. At most 500 characters."
    )
    seq: int | None = strawberry.field(
        default=None, description="The number of one record of the account; null for all of them."
    )
    since: datetime | None = strawberry.field(default=None, description="The first instant of the period.")
    before: datetime | None = strawberry.field(default=None, description="The first instant after the period.")
    comment: str = strawberry.field(
        description="What is said; 1 to 500 printable characters. It can be erased with the account."
    )
    idempotency_key: str = strawberry.field(description=KEY)


MarkReviewedResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        ReviewMarked, UnknownAccount, Forbidden, InvalidInput, IdempotencyConflict
    ],
    strawberry.union("MarkReviewedResult", description="What became of a review."),
]


@strawberry.type
class MarkReviewed:
    """Field of the mutation root."""

    @resolved("Mark a record, an account or a period as reviewed. Needs the capability REVIEW_HISTORY.")
    async def mark_reviewed(
        self,
        info: Info,
        given: Annotated[MarkReviewedInput, strawberry.argument(name="input", description="What is said.")],
    ) -> MarkReviewedResult:
        """Keep it, and say what came of it."""
        answer = await answered(_keep(info, given))
        assert not isinstance(answer, StaleRevision)
        return answer


async def _keep(info: Info, given: MarkReviewedInput) -> ReviewMarked:
    about = about_of(given.account_id, given.seq, given.since, given.before)
    return ReviewMarked.of(await info.context.change(mark_reviewed, about, given.comment, given.idempotency_key))
