"""The pauses of an account, with the reasons for them."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.resolvers import resolved
from lifecycle_fsm.services.pauses import Pause, ToldPause
from lifecycle_fsm.services.views import AccountView


@strawberry.type(description="The clock of an account's stage stands still, or will from a date on.")
class AccountPause:
    """A pause that goes on or is planned."""

    since: datetime = strawberry.field(description="When it began, or begins.")
    until: datetime | None = strawberry.field(description="When it ends; null until somebody resumes the account.")
    author: str | None = strawberry.field(description="Who paused the account; at most 200 characters.")
    text: str = strawberry.field(description="In words: paused until when. At most 200 characters.")
    account_id: strawberry.Private[UUID]
    found: strawberry.Private[Pause]

    @resolved("Why, in the author's words; null once it is erased. At most 500 characters.")
    async def reason(self, info: Info) -> str | None:
        """Load the reason."""
        return await info.context.loaders.reasons.load((self.account_id, self.found.seq))

    @classmethod
    def of(cls, view: AccountView) -> "AccountPause | None":
        """Show the pause that an account is in; None for none."""
        return cls.at(view.profile.account_id, view.lifecycle.pause, view.as_of)

    @classmethod
    def at(cls, account_id: UUID, pause: Pause | None, as_of: datetime) -> "AccountPause | None":
        """Show a pause that goes on at a date; None for one that does not."""
        if pause is None or not pause.goes_on(as_of):
            return None
        return cls._shown(account_id, pause, f"paused {_until(pause)}")

    @classmethod
    def planned(cls, view: AccountView) -> "AccountPause | None":
        """Show the pause that lies ahead; None for none."""
        pause = view.lifecycle.pause
        if pause is None or pause.since <= view.as_of:
            return None
        text = f"to be paused from {pause.since:%Y-%m-%d %H:%M} UTC {_until(pause)}"
        return cls._shown(view.profile.account_id, pause, text)

    @classmethod
    def _shown(cls, account_id: UUID, pause: Pause, text: str) -> "AccountPause":
        return cls(
            since=pause.since, until=pause.until, author=pause.author, text=text, account_id=account_id, found=pause
        )


@strawberry.type(description="A stretch of time for which somebody paused an account, whether it is over or not.")
class RecordedPause:
    """A pause as history tells it."""

    since: datetime = strawberry.field(description="From when on the clock stood still, or is to.")
    until: datetime | None = strawberry.field(
        description="When it went on, or is to; null for as long as nobody resumes the account."
    )
    author: str | None = strawberry.field(description="Who paused the account; at most 200 characters.")
    recorded_at: datetime = strawberry.field(
        description="When that was written down: later than `since` where somebody was late, earlier for a plan."
    )
    ended_by: str | None = strawberry.field(
        description="Who resumed the account; null where the end was said beforehand, and while it goes on. At most "
        "200 characters."
    )
    account_id: strawberry.Private[UUID]
    told: strawberry.Private[ToldPause]

    @resolved("Why, in the author's words; null once it is erased. At most 500 characters.")
    async def reason(self, info: Info) -> str | None:
        """Load the reason."""
        return await info.context.loaders.reasons.load((self.account_id, self.told.seq))

    @classmethod
    def of(cls, account_id: UUID, told: ToldPause) -> "RecordedPause":
        """Show a pause of an account."""
        return cls(
            since=told.since,
            until=told.until or told.planned_until,
            author=told.author,
            recorded_at=told.recorded_at,
            ended_by=told.ended_by,
            account_id=account_id,
            told=told,
        )


def _until(pause: Pause) -> str:
    return "until somebody resumes it" if pause.until is None else f"until {pause.until:%Y-%m-%d %H:%M} UTC"
