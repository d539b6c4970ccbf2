"""Queries of what runs by itself."""

from typing import Annotated

import strawberry

from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.delivery import DeadLetterEntry
from api.types.operations import Operations
from api.types.paging import After, Before, First, Last
from lifecycle_fsm.services.operations import view_operations
from lifecycle_fsm.services.outbox import page_dead_letters

Channel = Annotated[str | None, strawberry.argument(description="Only those of this channel; at most 100 characters.")]


@strawberry.type
class OperationQueries:
    """Fields of the query root."""

    @resolved("What waits, who works on it, and what ran last. Needs the capability READ.")
    async def operations(self, info: Info) -> Operations:
        """Look at the background."""
        return Operations.of(await info.context.call(view_operations))

    @resolved(
        "A page of the notifications that were given up, newest first. Needs `first` or `last`, 1 to 100; anything "
        "else is an error. Needs the capability READ."
    )
    async def dead_letters(
        self,
        info: Info,
        channel: Channel = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[DeadLetterEntry]:
        """Load a page of dead letters."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.call(page_dead_letters, page, channel)
        return connection_of(found, DeadLetterEntry.of)
