"""What reviewers say about history."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.context import Info
from api.ids import account_of, global_id
from api.resolvers import resolved
from api.types.history import HistoryRecord
from lifecycle_fsm.domain.audit import MarkKind
from lifecycle_fsm.services.audit.review import About, Mark, Marked, OwnPublication

if TYPE_CHECKING:
    from api.types.account import Account


@strawberry.type(description="What a reviewer said about a record, an account or a period.")
class ReviewMark:
    """A mark."""

    mark: strawberry.Private[Mark]
    kind: MarkKind = strawberry.field(description="What it is.")
    seq: int | None = strawberry.field(description="The number of the record that it is about; null for more than one.")
    since: datetime | None = strawberry.field(description="The beginning of the period; null for no limit.")
    before: datetime | None = strawberry.field(description="The end of the period; null for no limit.")
    author: str = strawberry.field(description="Who said it; at most 500 characters.")
    marked_at: datetime = strawberry.field(description="When it was said.")
    comment: str = strawberry.field(description="What was said; at most 500 characters, empty where it was erased.")

    @resolved("Opaque and the same for ever, for `answerQuestion`; `node` does not know it. At most 500 characters.")
    def id(self) -> strawberry.ID:
        """Name the mark."""
        return strawberry.ID(global_id("ReviewMark", self.mark.id))

    @resolved("The account that it is about; null for all. At most 500 characters.")
    def account_id(self) -> strawberry.ID | None:
        """Name the account."""
        given = self.mark.account_id
        return None if given is None else strawberry.ID(global_id("Account", given))

    @resolved("The account as it is now; null for all, and where it is gone.")
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.types.account")] | None:
        """Load the account."""
        from api.types.account import Account as Shown  # noqa: PLC0415 # the account shows its history

        view = None if self.mark.account_id is None else await info.context.loaders.accounts.load(self.mark.account_id)
        return None if view is None else Shown(view=view)

    @resolved("The question that it answers; null where it is no answer. At most 500 characters.")
    def question_id(self) -> strawberry.ID | None:
        """Name the question."""
        given = self.mark.answers
        return None if given is None else strawberry.ID(global_id("ReviewMark", given))

    @resolved("The answers to a question, oldest first; empty while it is open. At most 100.")
    async def answers(self, info: Info) -> list["ReviewMark"]:
        """Load the answers."""
        if self.mark.kind is not MarkKind.QUESTION:
            return []
        return [ReviewMark.of(each) for each in await info.context.loaders.answers.load(self.mark.id)]

    @classmethod
    def of(cls, mark: Mark) -> "ReviewMark":
        """Show a mark."""
        return cls(
            mark=mark,
            kind=mark.kind,
            seq=mark.seq,
            since=mark.since,
            before=mark.before,
            author=mark.author,
            marked_at=mark.marked_at,
            comment=mark.comment,
        )


@strawberry.type(description="What was said is kept.")
class ReviewMarked:
    """A mark that was made."""

    mark: ReviewMark = strawberry.field(description="The mark.")
    replayed: bool = strawberry.field(description="Whether this repeats the outcome of an earlier call with the key.")

    @classmethod
    def of(cls, made: Marked) -> "ReviewMarked":
        """Show what was made."""
        return cls(mark=ReviewMark.of(made.mark), replayed=made.replayed)


@strawberry.type(description="A publication that nobody but the author of its plan had a part in.")
class OwnChange:
    """A change of rules by one person alone."""

    publication_id: strawberry.ID = strawberry.field(description="The publication; at most 500 characters.")
    published_at: datetime = strawberry.field(description="When.")
    author: str = strawberry.field(description="Who planned it; at most 500 characters.")
    published_by: str = strawberry.field(description="Who brought it into force; at most 500 characters.")
    is_self_approved: bool = strawberry.field(description="Whether the author also said to agree.")

    @classmethod
    def of(cls, own: OwnPublication) -> "OwnChange":
        """Show a publication."""
        return cls(
            publication_id=strawberry.ID(global_id("Publication", own.publication_id)),
            published_at=own.published_at,
            author=own.author,
            published_by=own.published_by,
            is_self_approved=own.self_approved,
        )


@strawberry.type(description="Who decided on their own deeds in a period.")
class SeparationOfDuties:
    """The report."""

    own_changes: list[OwnChange] = strawberry.field(
        description="Changes of rules by one person alone, newest first; at most 1,000."
    )
    own_overrides: list[HistoryRecord] = strawberry.field(
        description="Moves by an override of whom the rules had refused the same before, newest first; at most 1,000."
    )


def about_of(
    account_id: strawberry.ID | None, seq: int | None, since: datetime | None, before: datetime | None
) -> About:
    """
    Say what a mark is about.

    Raises:
        InvalidInput: the id is none of an account.
    """
    account = None if account_id is None else account_of(account_id, "input.accountId")
    return About(account, seq, since, before)
