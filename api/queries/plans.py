"""Queries of plans and publications: what was shown, and what came into force."""

from typing import Annotated

import strawberry

from api.context import Info
from api.ids import plan_of
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.paging import After, Before, First, Last
from api.types.plan import ConfigurationPlan
from api.types.publication import Publication
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.publishing_pages import page_plans, page_publications


@strawberry.type
class PlanQueries:
    """Fields of the query root."""

    @resolved("A plan, by its id or by its digest, not both; null when there is none.")
    async def plan(
        self,
        info: Info,
        given_id: Annotated[
            strawberry.ID | None, strawberry.argument(name="id", description="Its id; at most 500 characters.")
        ] = None,
        digest: Annotated[
            str | None, strawberry.argument(description="Its whole digest, 64 hexadecimal digits.")
        ] = None,
    ) -> ConfigurationPlan | None:
        """Load one plan."""
        if (given_id is None) == (digest is None):
            given = "neither" if digest is None else "both"
            raise InvalidInput(f"`id` or `digest` is needed; you gave {given}", path="id")
        wanted = digest or "" if given_id is None else plan_of(given_id, "id")
        kept = await info.context.loaders.plans.load(wanted)
        return None if kept is None else ConfigurationPlan(kept=kept)

    @resolved("A page of the plans, newest first. Needs `first` or `last`, 1 to 100; anything else is an error.")
    async def plans(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ConfigurationPlan]:
        """Load a page of plans."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.call(page_plans, page)
        return connection_of(found, lambda kept: ConfigurationPlan(kept=kept))

    @resolved("A page of the publications, newest first. Needs `first` or `last`, 1 to 100; anything else is an error.")
    async def publications(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Publication]:
        """Load a page of publications."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.call(page_publications, page)
        return connection_of(found, lambda made: Publication(made=made))
