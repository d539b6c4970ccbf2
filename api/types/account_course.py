"""Where an account stands and stood: its stage, its visits, and the clock of its stage."""

import strawberry

from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.paging import After, Before, First, Last
from api.types.pause import AccountPause, RecordedPause
from api.types.stage import CurrentStage
from api.types.time_zone import AccountTimeZone
from api.types.visit import StageTotal, StageVisit
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.visits import all_visits, totals_of


@strawberry.type(description="Where an account stands and stood: its stage, its visits, and the clock of its stage.")
class AccountCourse:
    """Where it stands and stood."""

    view: strawberry.Private[AccountView]

    @resolved("Where it stands; null while no segment takes it.")
    def stage(self) -> CurrentStage | None:
        """Its present stage."""
        return CurrentStage.of(self.view)

    @resolved(
        "Its visits to stages, oldest first, the running one last; the newest 1,000. Those that undone runs made are "
        "left out."
    )
    async def stage_visits(self, info: Info) -> list[StageVisit]:
        """Load when it was where."""
        found = await info.context.loaders.visits.load(self.view.profile.account_id)
        return [StageVisit.of(each) for each in all_visits(self.view, found)[-1_000:]]

    @resolved(
        "How long it has been in each stage over all of its visits, in the order in which it came to them; "
        "at most 1,000."
    )
    async def stage_totals(self, info: Info) -> list[StageTotal]:
        """Load how long it was where."""
        found = await info.context.loaders.visits.load(self.view.profile.account_id)
        return [StageTotal.of(each) for each in totals_of(all_visits(self.view, found))]

    @resolved("The pause that it is in: the clock of its stage stands still. Null while that goes.")
    def pause(self) -> AccountPause | None:
        """Whether its clock stands still."""
        return AccountPause.of(self.view)

    @resolved("The pause that is planned for it; null for none.")
    def planned_pause(self) -> AccountPause | None:
        """Whether its clock will stand still."""
        return AccountPause.planned(self.view)

    @resolved(
        "Its pauses, those that were written down last first; plans that were given up are left out. Needs `first` or "
        "`last`, 1 to 100; anything else is an error."
    )
    async def pauses(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[RecordedPause]:
        """Load a page of its pauses."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        account_id = self.view.profile.account_id
        found = await info.context.loaders.pauses.load((account_id, page))
        return connection_of(found, lambda told: RecordedPause.of(account_id, told))

    @resolved("Where its days begin, as it counts; null where its rules count days of UTC.")
    def time_zone(self) -> AccountTimeZone | None:
        """Whose days are counted."""
        return AccountTimeZone.of(self.view)
