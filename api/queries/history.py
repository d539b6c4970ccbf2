"""Queries of the history of all accounts."""

from typing import Annotated

import strawberry

from api.context import Info
from api.ids import account_of
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.history import HistoryRecord
from api.types.history_filter import HistoryFilterInput, HistoryOrderInput
from api.types.paging import After, Before, First, Last
from lifecycle_fsm.services.history import page_log

Filter = Annotated[
    HistoryFilterInput | None,
    strawberry.argument(name="filter", description="Which records; all of them where it is left out."),
]
Order = Annotated[
    HistoryOrderInput | None, strawberry.argument(description="In which order; newest first where it is left out.")
]


@strawberry.type
class HistoryQueries:
    """Fields of the query root."""

    @resolved(
        "A page of the history of all accounts. Needs `first` or `last`, 1 to 100; anything else is an error. "
        "A cursor belongs to its order and filter. Needs the capability READ_HISTORY."
    )
    async def history(  # noqa: PLR0913, PLR0917 # Relay has four, a list two
        self,
        info: Info,
        choose: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[HistoryRecord]:
        """Load a page of records."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        wanted = (choose or HistoryFilterInput()).to_domain()
        found = await info.context.call(page_log, wanted, (order or HistoryOrderInput()).to_domain(), page)
        return connection_of(found, HistoryRecord.of)

    @resolved(
        "One record of an account, with the evidence that it was decided on; null where there is none. "
        "Needs the capability READ_HISTORY."
    )
    async def decision(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID, strawberry.argument(description="The account; at most 500 characters.")],
        seq: Annotated[int, strawberry.argument(description="The record's place in its history, from 1.")],
    ) -> HistoryRecord | None:
        """Load one record."""
        found = await info.context.loaders.records.load((account_of(account_id, "accountId"), seq))
        return None if found is None else HistoryRecord.of(found)
