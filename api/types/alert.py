"""Alerts of an account: which are on, how grave, since when, and what each waits for."""

from datetime import datetime

import strawberry

from api.types.verdict import Verdict
from lifecycle_fsm.domain.cta import Priority
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.services.alerts import AlertStanding, LevelStanding


@strawberry.type(description="How one level of an alert stands for an account.")
class AccountAlertLevel:
    """A level of an alert with its verdict."""

    severity: AlertSeverity = strawberry.field(description="How grave the episode is at this level.")
    priority: Priority = strawberry.field(description="The least priority that its CTAs have from then on.")
    is_reached: bool = strawberry.field(
        description="Whether the episode that goes on has risen so far, or further; it never falls back."
    )
    old_enough_at: datetime | None = strawberry.field(
        description="When the episode has gone on for as long as the level asks. Null while none goes on, and where it "
        "asks for no time."
    )
    verdict: Verdict | None = strawberry.field(
        description="What its condition finds, with every reason; null where only time counts."
    )

    @classmethod
    def of(cls, standing: LevelStanding) -> "AccountAlertLevel":
        """Show how a level stands."""
        return cls(
            severity=standing.level.severity,
            priority=standing.level.priority,
            is_reached=standing.is_reached,
            old_enough_at=standing.old_enough_at,
            verdict=None if standing.verdict is None else Verdict(found=standing.verdict),
        )


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
    severity: AlertSeverity | None = strawberry.field(
        description="The gravest that its newest episode has been; null before the first."
    )
    raised_at: datetime | None = strawberry.field(
        description="Since when it has been so grave; null where it began so, and before the first."
    )
    rests_until: datetime | None = strawberry.field(
        description="Until when it is silent after an episode; null while it is not."
    )
    verdict: Verdict = strawberry.field(
        description="What it waits for: that it is over while it is on, else that it begins; with every reason."
    )
    levels: list[AccountAlertLevel] = strawberry.field(
        description="What makes it graver while it is on, by rising severity; at most 3."
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
            severity=None if state is None else state.severity,
            raised_at=None if state is None else state.raised_at,
            rests_until=standing.rests_until,
            verdict=Verdict(found=standing.verdict),
            levels=list(map(AccountAlertLevel.of, standing.levels)),
        )
