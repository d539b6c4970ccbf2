"""Mutation `raiseQuestion`: a reviewer asks about a record or a period."""

from datetime import datetime
from typing import Annotated, Union

import strawberry

from api.context import Info
from api.mutations.answer import answered
from api.mutations.inputs import KEY
from api.resolvers import resolved
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision, UnknownAccount
from api.types.review import ReviewMarked, about_of
from lifecycle_fsm.services.audit.review import raise_question


@strawberry.input(description="What is asked about: a record, an account, or a period of all accounts.")
class RaiseQuestionInput:
    """The input of a question."""

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


RaiseQuestionResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        ReviewMarked, UnknownAccount, Forbidden, InvalidInput, IdempotencyConflict
    ],
    strawberry.union("RaiseQuestionResult", description="What became of a question."),
]


@strawberry.type
class RaiseQuestion:
    """Field of the mutation root."""

    @resolved(
        "Ask about a record, an account or a period; the question is open until somebody answers it. "
        "Needs the capability REVIEW_HISTORY."
    )
    async def raise_question(
        self,
        info: Info,
        given: Annotated[RaiseQuestionInput, strawberry.argument(name="input", description="What is said.")],
    ) -> RaiseQuestionResult:
        """Keep it, and say what came of it."""
        answer = await answered(_keep(info, given))
        assert not isinstance(answer, StaleRevision)
        return answer


async def _keep(info: Info, given: RaiseQuestionInput) -> ReviewMarked:
    about = about_of(given.account_id, given.seq, given.since, given.before)
    return ReviewMarked.of(await info.context.change(raise_question, about, given.comment, given.idempotency_key))
