"""Alerts of an account: which are on, since when, and what each waits for."""

from datetime import datetime

import strawberry

from api.types.verdict import Verdict
from lifecycle_fsm.services.alerts import AlertStanding


@strawberry.type(description="How one alert of its machine stands for an account.")
class AccountAlert:
    """An alert with its newest episode."""

    key: str = strawberry.field(description="The alert's key in the account's machine; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    is_on: bool = strawberry.field(description="Whether an episode goes on.")
    is_watched: bool = strawberry.field(description="Whether it looks at accounts in the present stage.")
    episode: int = strawberry.field(description="The number of its newest episode here; 0 before the first.")
    opened_at: datetime | None = strawberry.field(description="When that began; null before the first.")
    cleared_at: datetime | None = strawberry.field(description="When that ended; null while it goes on.")
    rests_until: datetime | None = strawberry.field(
        description="Until when it is silent after an episode; null while it is not."
    )
    verdict: Verdict = strawberry.field(
        description="What it waits for: that it is over while it is on, else that it begins; with every reason."
    )

    @classmethod
    def of(cls, standing: AlertStanding) -> "AccountAlert":
        """Show how an alert stands."""
        state = standing.state
        return cls(
            key=standing.alert.key,
            title=standing.alert.title,
            is_on=standing.is_on,
            is_watched=standing.is_watched,
            episode=0 if state is None else state.episode,
            opened_at=None if state is None else state.opened_at,
            cleared_at=None if state is None else state.cleared_at,
            rests_until=standing.rests_until,
            verdict=Verdict(found=standing.verdict),
        )
