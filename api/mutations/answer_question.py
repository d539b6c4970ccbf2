"""Mutation `answerQuestion`: a reviewer's question is answered."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import review_mark_of
from api.mutations.answer import answered
from api.mutations.inputs import KEY
from api.resolvers import resolved
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision, UnknownAccount
from api.types.review import ReviewMarked
from lifecycle_fsm.services.audit.review import answer_question


@strawberry.input(description="Which question is answered, and how.")
class AnswerQuestionInput:
    """The input of an answer."""

    question_id: strawberry.ID = strawberry.field(description="The question's id; at most 500 characters.")
    comment: str = strawberry.field(
        description="The answer; 1 to 500 printable characters. It can be erased with the account."
    )
    idempotency_key: str = strawberry.field(description=KEY)


AnswerQuestionResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        ReviewMarked, UnknownAccount, Forbidden, InvalidInput, IdempotencyConflict
    ],
    strawberry.union("AnswerQuestionResult", description="What became of an answer."),
]


@strawberry.type
class AnswerQuestion:
    """Field of the mutation root."""

    @resolved(
        "Answer a question, which is open no more; it may be answered again. Needs the capability REVIEW_HISTORY."
    )
    async def answer_question(
        self,
        info: Info,
        given: Annotated[AnswerQuestionInput, strawberry.argument(name="input", description="The answer.")],
    ) -> AnswerQuestionResult:
        """Keep it, and say what came of it."""
        answer = await answered(_keep(info, given), account="questionId")
        assert not isinstance(answer, StaleRevision)
        return answer


async def _keep(info: Info, given: AnswerQuestionInput) -> ReviewMarked:
    question = review_mark_of(given.question_id, "input.questionId")
    return ReviewMarked.of(await info.context.change(answer_question, question, given.comment, given.idempotency_key))
