"""Queries of what reviewers said, and of who decided on their own deeds."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.ids import account_of
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.filters import few
from api.types.history import HistoryRecord
from api.types.paging import After, Before, First, Last
from api.types.review import OwnChange, ReviewMark, SeparationOfDuties
from lifecycle_fsm.domain.audit import MarkKind
from lifecycle_fsm.services.audit.review import MarkFilter, list_marks, separation_of_duties


@strawberry.input(
    name="ReviewMarkFilter",
    description="Chooses review marks. What is left out, null or empty chooses all; what is given must all apply.",
)
class ReviewMarkFilterInput:
    """A filter of marks."""

    kinds: list[MarkKind] | None = strawberry.field(default=None, description="Of one of these kinds.")
    account_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="About one of these accounts; at most 100 ids."
    )
    authors: list[str] | None = strawberry.field(default=None, description="By one of these; at most 100.")
    open_only: bool = strawberry.field(default=False, description="Only questions that nobody has answered.")

    def to_domain(self) -> MarkFilter:
        """
        Give the filter as services know it.

        Raises:
            InvalidInput: a list has more than 100 entries, or an id is none of an account.
        """
        accounts = few(self.account_ids, "accountIds")
        return MarkFilter(
            tuple(self.kinds or ()),
            tuple(account_of(each, "filter.accountIds") for each in accounts),
            few(self.authors, "authors"),
            self.open_only,
        )


Filter = Annotated[
    ReviewMarkFilterInput | None,
    strawberry.argument(name="filter", description="Which marks; all of them where it is left out."),
]


@strawberry.type
class ReviewQueries:
    """Fields of the query root."""

    @resolved(
        "A page of what reviewers said, newest first. Needs `first` or `last`, 1 to 100; anything else is an error. "
        "Needs the capability READ_HISTORY."
    )
    async def review_marks(  # Relay has four, a list one
        self,
        info: Info,
        choose: Filter = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ReviewMark]:
        """Load a page of marks."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        wanted = (choose or ReviewMarkFilterInput()).to_domain()
        return connection_of(await info.context.call(list_marks, wanted, page), ReviewMark.of)

    @resolved(
        "Who brought changes of rules into force alone, and who overrode their own refusal. Needs the capability "
        "READ_HISTORY over all accounts."
    )
    async def separation_of_duties(
        self,
        info: Info,
        since: Annotated[datetime, strawberry.argument(description="The first instant of the period.")],
        until: Annotated[datetime, strawberry.argument(description="The first instant after the period.")],
    ) -> SeparationOfDuties:
        """Report on duties."""
        found = await info.context.call(separation_of_duties, since, until)
        records = await info.context.loaders.records.load_many(list(found.overrides))
        return SeparationOfDuties(
            own_changes=[OwnChange.of(each) for each in found.publications],
            own_overrides=[HistoryRecord.of(each) for each in records if each is not None],
        )
