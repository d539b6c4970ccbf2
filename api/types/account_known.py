"""What is known about an account: how well it does, its measures, facts and milestones."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.health import Health, MeasureObservation
from api.types.known import FactValue, MeasureValue, Milestone, facts_of, measures_of, milestones_of
from api.types.paging import After, Before, First, Last
from api.types.past_dates import AsKnownAt, AsOf
from lifecycle_fsm.services.health import Moment, Period
from lifecycle_fsm.services.views import AccountView


@strawberry.type(description="What is known about an account: how well it does, its measures, facts and milestones.")
class AccountKnown:
    """What is known about it."""

    view: strawberry.Private[AccountView]

    @resolved("How well it does. Without a segment there is no score.")
    def health(self) -> Health:
        """Its health score."""
        return Health.of(self.view)

    @resolved(
        "How well it did at `asOf`, scored anew from what is known of that date; null where its lifecycle had not "
        "begun, or the version of the rules does not have its stage."
    )
    async def health_at(
        self,
        info: Info,
        as_of: AsOf,
        as_known_at: AsKnownAt = None,
        machine: Annotated[
            str | None,
            strawberry.argument(
                description="The digest of the version to score with; null for the one that it had. 64 characters."
            ),
        ] = None,
    ) -> Health | None:
        """Load its health at a date."""
        moment = Moment(as_of, as_known_at, machine)
        found = await info.context.loaders.past.load((self.view.profile.account_id, moment))
        return None if found is None else Health.of(found)

    @resolved(
        "What was observed of a measure, or recorded of its health score, oldest first with all corrections. "
        "Needs `first` or `last`, 1 to 100; anything else is an error. `last` gives the newest."
    )
    async def measure_history(  # noqa: PLR0913 # Relay has four, a period three
        self,
        info: Info,
        *,
        since: Annotated[datetime, strawberry.argument(description="The first instant of observation.")],
        until: Annotated[
            datetime | None, strawberry.argument(description="The last instant of observation; null for now.")
        ] = None,
        measure: Annotated[
            str | None,
            strawberry.argument(description="The measure's key, at most 100 characters; null for the health score."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[MeasureObservation]:
        """Load a page of a series."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        period = Period(measure, since, self.view.as_of if until is None else until)
        found = await info.context.loaders.measured.load((self.view.profile.account_id, (period, page)))
        return connection_of(found, MeasureObservation.of)

    @resolved("Its measures with a value, by key; at most 1,000.")
    async def measures(self, info: Info) -> list[MeasureValue]:
        """What is measured."""
        return list(measures_of(self.view, await info.context.loaders.catalog()))

    @resolved("Its facts with a value, by key; at most 1,000.")
    async def facts(self, info: Info) -> list[FactValue]:
        """What is known."""
        return list(facts_of(self.view, await info.context.loaders.catalog()))

    @resolved("The milestones of its machine and any others that it has reached; at most 1,000.")
    async def milestones(self, info: Info) -> list[Milestone]:
        """What it has achieved or is to achieve."""
        return list(milestones_of(self.view, await info.context.loaders.catalog()))
