"""Queries of machines and segments: the rules that are published."""

from typing import Annotated

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.types.adrift import AdriftAccounts
from api.types.machine import Machine
from api.types.segment import Segment
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.adrift import accounts_adrift
from lifecycle_fsm.services.browse import current_machine, list_segments


@strawberry.type
class MachineQueries:
    """Fields of the query root."""

    @resolved(
        "A machine: the current one of a segment, or the version with a digest, not both; null when there is none."
    )
    async def machine(
        self,
        info: Info,
        segment: Annotated[
            str | None, strawberry.argument(description="The segment's key; at most 100 characters.")
        ] = None,
        digest: Annotated[
            str | None, strawberry.argument(description="The version's digest, 64 hexadecimal digits.")
        ] = None,
    ) -> Machine | None:
        """Load one machine."""
        if (segment is None) == (digest is None):
            given = "neither" if digest is None else "both"
            raise InvalidInput(f"`segment` or `digest` is needed; you gave {given}", path="segment")
        if segment is not None:
            rules = await info.context.call(current_machine, segment)
        else:
            rules = await info.context.loaders.machines.load(digest or "")
        return None if rules is None else Machine(rules=rules)

    @resolved("The published segments in the order in which they take accounts; at most 100.")
    async def segments(self, info: Info) -> list[Segment]:
        """Load all segments."""
        return [Segment.of(view) for view in await info.context.call(list_segments)]

    @resolved(
        "Accounts that stay in their segment although no rule gives them to it any more, until their facts, the rules "
        "or a person say otherwise; by segment, those with such accounts only, at most 100. Accounts put there by "
        "hand are not counted."
    )
    async def accounts_adrift(self, info: Info) -> list[AdriftAccounts]:
        """Find them among all accounts."""
        found = await info.context.call(accounts_adrift)
        return [AdriftAccounts.of(segment, accounts) for segment, accounts in found.items()]
