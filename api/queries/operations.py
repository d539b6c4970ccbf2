"""Queries of what runs by itself."""

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.types.operations import Operations
from lifecycle_fsm.services.operations import view_operations


@strawberry.type
class OperationQueries:
    """Fields of the query root."""

    @resolved("What waits, who works on it, and what ran last. Needs the capability READ.")
    async def operations(self, info: Info) -> Operations:
        """Look at the background."""
        return Operations.of(await info.context.call(view_operations))
