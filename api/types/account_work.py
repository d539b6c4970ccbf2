"""What can and is to be done about an account: ways out of its stage, CTAs, success plans, alerts."""

from typing import Annotated

import strawberry

from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.alert import AccountAlert
from api.types.alert_episode import AlertEpisode
from api.types.connection import Connection, connection_of
from api.types.cta import Cta
from api.types.paging import After, Before, First, Last
from api.types.success_plan import SuccessPlan, plans_of
from api.types.transition import AvailableTransition
from lifecycle_fsm.domain.cta import Cta as Call
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.paging import LARGEST_PAGE
from lifecycle_fsm.services.alerts import alerts_of
from lifecycle_fsm.services.views import AccountView


@strawberry.type(
    description="What can and is to be done about an account: ways out of its stage, CTAs, success plans, alerts."
)
class AccountWork:
    """What can and is to be done."""

    view: strawberry.Private[AccountView]

    @resolved(
        "Every way out of its stage with the reason why it is open or not yet, "
        "in the order in which they are tried; at most 1,000."
    )
    def available_transitions(self) -> list[AvailableTransition]:
        """What could happen next."""
        machine = self.view.machine
        return [] if machine is None else [AvailableTransition.of(way, machine) for way in self.view.available]

    @resolved(
        "The keys of the transitions that data would perhaps take if a missing or stale value were known; "
        "at most 1,000."
    )
    def held_by_unknown(self) -> list[str]:
        """What waits for data."""
        return list(self.view.held_by_unknown)

    @resolved("Its open CTAs, oldest first; one for each identity, at most 1,000.")
    def open_ctas(self) -> list[Cta]:
        """What somebody is asked to do."""
        return [_shown(self.view, cta) for cta in self.view.lifecycle.ctas if cta.is_open]

    @resolved("Its closed CTAs, those closed last first. `first` is 1 to 100; anything else is an error.")
    def closed_ctas(
        self, first: Annotated[int, strawberry.argument(description="How many; 1 to 100.")] = 20
    ) -> list[Cta]:
        """What somebody was asked to do."""
        if not 1 <= first <= LARGEST_PAGE:
            raise InvalidInput(f"`first` is {first}; expected 1 to {LARGEST_PAGE}", path="first")
        closed = [cta for cta in self.view.lifecycle.ctas if cta.closed_at is not None]
        closed.sort(key=lambda cta: (cta.closed_at, cta.opened_seq), reverse=True)
        return [_shown(self.view, cta) for cta in closed[:first]]

    @resolved("Its success plans, newest first; at most 1,000.")
    def success_plans(self) -> list[SuccessPlan]:
        """What was agreed with it."""
        return plans_of(self.view)

    @resolved("How each alert of its machine stands, in the order of the definition; at most 100.")
    def alerts(self) -> list[AccountAlert]:
        """What is watched besides."""
        return [AccountAlert.of(standing) for standing in alerts_of(self.view)]

    @resolved(
        "Every time that an alert was on for it, the latest first. Needs `first` or `last`, 1 to 100; anything else is "
        "an error."
    )
    async def alert_episodes(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[AlertEpisode]:
        """Load a page of its episodes."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.loaders.alerts.load((self.view.profile.account_id, page))
        return connection_of(found, AlertEpisode.of)


def _shown(view: AccountView, cta: Call) -> Cta:
    return Cta.of(view.profile.account_id, cta, view.as_of)
