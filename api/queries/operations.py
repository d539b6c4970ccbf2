"""Queries of what runs by itself."""

from typing import Annotated

import strawberry

from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.delivery import DeadLetterEntry
from api.types.ingest_error import IngestError, IngestErrorFilterInput
from api.types.operations import Operations
from api.types.paging import After, Before, First, Last
from lifecycle_fsm.services.operations import view_operations
from lifecycle_fsm.services.outbox import page_dead_letters
from lifecycle_fsm.services.refused_rows import RefusedFilter, page_ingest_errors

Channel = Annotated[str | None, strawberry.argument(description="Only those of this channel; at most 100 characters.")]

ErrorFilter = Annotated[
    IngestErrorFilterInput | None, strawberry.argument(name="filter", description="Which of them; all without it.")
]


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

    @resolved(
        "A page of the rows that came in and were refused, by any door, the last refused first; each once, however "
        "often it came. A token that is limited to some accounts sees those about them. Needs `first` or `last`, "
        "1 to 100; anything else is an error. Needs the capability READ."
    )
    async def ingest_errors(
        self,
        info: Info,
        given: ErrorFilter = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[IngestError]:
        """Load a page of refused rows."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        wanted = RefusedFilter() if given is None else given.to_domain()
        return connection_of(await info.context.call(page_ingest_errors, page, wanted), IngestError.of)
