"""The query of alerts across accounts."""

from typing import Annotated

import strawberry

from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.alert_episode import AlertEpisode, AlertFilterInput, AlertOrderInput
from api.types.connection import Connection, connection_of
from api.types.paging import After, Before, First, Last
from lifecycle_fsm.services.alert_lists import page_alerts

Filter = Annotated[
    AlertFilterInput | None,
    strawberry.argument(name="filter", description="Which episodes; all of them where it is left out."),
]
Order = Annotated[
    AlertOrderInput | None, strawberry.argument(description="In which order; the latest first where it is left out.")
]


@strawberry.type
class AlertQueries:
    """Fields of the query root."""

    @resolved(
        "A page of the alerts of all accounts, episode by episode. Needs `first` or `last`, 1 to 100; anything else "
        "is an error. A cursor belongs to its filter and order."
    )
    async def alerts(  # noqa: PLR0913, PLR0917 # Relay has four, a list two
        self,
        info: Info,
        choose: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AlertEpisode]:
        """Load a page of episodes."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        wanted = (choose or AlertFilterInput()).to_domain()
        found = await info.context.call(page_alerts, wanted, (order or AlertOrderInput()).to_domain(), page)
        return connection_of(found, AlertEpisode.of)
