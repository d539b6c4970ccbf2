"""The pause of an account, with the reason for it."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.context import Info
from api.resolvers import resolved
from lifecycle_fsm.services.pauses import Pause
from lifecycle_fsm.services.views import AccountView


@strawberry.type(description="The clock of an account's stage stands still. Pauses that are over are in the history.")
class AccountPause:
    """A pause that goes on."""

    since: datetime = strawberry.field(description="When it began.")
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
        pause = view.lifecycle.pause
        if pause is None or pause.is_over(view.as_of):
            return None
        until = "until somebody resumes it" if pause.until is None else f"until {pause.until:%Y-%m-%d %H:%M} UTC"
        return cls(
            since=pause.since,
            until=pause.until,
            author=pause.author,
            text=f"paused {until}",
            account_id=view.profile.account_id,
            found=pause,
        )
