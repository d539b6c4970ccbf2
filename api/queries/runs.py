"""Queries of runs: evaluations, sweeps and back-fills."""

from typing import Annotated

import strawberry

from api.context import Info
from api.ids import run_of
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.paging import After, Before, First, Last
from api.types.run import Run, run_at
from lifecycle_fsm.services.sweeping.shown import page_runs


@strawberry.type
class RunQueries:
    """Fields of the query root."""

    @resolved("A run, by its id; null when there is none. Needs the capability READ_HISTORY.")
    async def run(
        self,
        info: Info,
        given_id: Annotated[
            strawberry.ID, strawberry.argument(name="id", description="Its id; at most 500 characters.")
        ],
    ) -> Run | None:
        """Load one run."""
        return await run_at(info, run_of(given_id, "id"))

    @resolved(
        "A page of the runs over many accounts, newest first. Needs `first` or `last`, 1 to 100; anything else is an "
        "error. Needs the capability READ_HISTORY."
    )
    async def runs(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Run]:
        """Load a page of runs."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        return connection_of(await info.context.call(page_runs, page), lambda kept: Run(kept=kept))
