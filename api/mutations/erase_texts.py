"""Mutation `eraseTexts`: forget by law what reviewers wrote."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import review_mark_of
from api.mutations.answer import answered
from api.mutations.inputs import GROUND
from api.resolvers import resolved
from api.types.problems import Forbidden, InvalidInput
from lifecycle_fsm.services.audit.erase import Texts, erase_texts


@strawberry.input(description="Whose words are erased, and why: either `markId` or `author`.")
class EraseTextsInput:
    """Texts to erase."""

    mark_id: strawberry.ID | None = strawberry.field(
        default=None, description="The review mark whose text goes; at most 500 characters."
    )
    author: str | None = strawberry.field(
        default=None, description="The reviewer all of whose texts go; 1 to 500 printable characters."
    )
    ground: str = strawberry.field(description=GROUND)


@strawberry.type(description="The texts are gone; that something was said, by whom, when and about what, stays.")
class TextsErased:
    """Texts that were erased."""

    erased: int = strawberry.field(description="How many; those that had been erased before are not counted.")


EraseTextsResult = Annotated[
    Union[TextsErased, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("EraseTextsResult", description="What became of texts to erase."),
]


@strawberry.type
class EraseTexts:
    """Field of the mutation root."""

    @resolved(
        "Erase what reviewers wrote, by law, for ever: one text, or all of one author. Doing it twice changes nothing, "
        "so that the call may be repeated. Needs the capability MANAGE_TOKENS."
    )
    async def erase_texts(
        self,
        info: Info,
        given: Annotated[EraseTextsInput, strawberry.argument(name="input", description="The texts.")],
    ) -> EraseTextsResult:
        """Erase them, and say how many those were."""
        answer = await answered(_erase(info, given))
        assert isinstance(answer, TextsErased | Forbidden | InvalidInput)
        return answer


async def _erase(info: Info, given: EraseTextsInput) -> TextsErased:
    mark = None if given.mark_id is None else review_mark_of(given.mark_id, "input.markId")
    done = await info.context.change(erase_texts, Texts(mark, given.author), given.ground)
    return TextsErased(erased=len(done))
