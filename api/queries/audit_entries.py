"""Query `auditEntries`: what was done beside the history of accounts."""

from typing import Annotated

import strawberry

from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.audit_entry import AuditEntry
from api.types.connection import Connection, connection_of
from api.types.paging import After, Before, First, Last
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.services.audit.entries import list_entries

Kinds = Annotated[
    list[AuditKind] | None, strawberry.argument(description="Of one of these kinds; of all where it is left out.")
]


@strawberry.type
class AuditEntryQueries:
    """Field of the query root."""

    @resolved(
        "A page of what was done beside the history of accounts, newest first: who published, exported, verified, "
        "erased, reviewed, gave and ended tokens. Needs `first` or `last`, 1 to 100; anything else is an error. Needs "
        "the capability READ_HISTORY over all accounts."
    )
    async def audit_entries(  # Relay has four, a list one
        self,
        info: Info,
        kinds: Kinds = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AuditEntry]:
        """Load a page of entries."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        return connection_of(await info.context.call(list_entries, tuple(kinds or ()), page), AuditEntry.of)
