"""What happened to an account, what did not and why, and how it stood."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from api.asked import Asked, Slots, Writing
from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.account_at import AccountAt, AccountChange
from api.types.connection import Connection, connection_of
from api.types.history import HistoryRecord
from api.types.log_shape import log_page
from api.types.paging import After, Before, First, Last
from api.types.past_dates import AsKnownAt, AsOf
from api.types.why_not import WhyNot, why_not
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.difference import changes_between
from lifecycle_fsm.services.health import Moment
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.why_not import Question


async def _histories(  # Relay has four, a list two
    info: Info,
    accounts: Sequence["AccountPast"],
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection[HistoryRecord]]:
    """Load the same page of the history of several accounts."""
    page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
    ids, reader = [account.view.lifecycle.account_id for account in accounts], info.context.reader
    marked = asks_for(info, "edges") or asks_for(info, "pageInfo")
    found = await reader.history(ids, page, with_cursors=marked) if reader else None
    if found is None:
        found = await info.context.call(page_history, ids, page)
    return [connection_of(found[account_id], HistoryRecord.of, with_edges=marked) for account_id in ids]


def _write_histories(asked: tuple[Asked, ...]) -> Writing | None:
    """Let the database write pages of the newest history."""
    log = log_page(asked)
    if log is None:
        return None

    async def written(  # Relay has four, a list two
        info: Info,
        accounts: Sequence["AccountPast"],
        _: Slots,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Sequence[str] | None:
        page, reader = page_request(first, after, last, before, with_total=False), info.context.reader
        if reader is None or page.backwards or page.after is not None:
            return None
        ids = [account.view.lifecycle.account_id for account in accounts]
        found = await reader.histories_as_json(ids, log.shape, page.size)
        texts = [found.get(account_id, (0, "")) for account_id in ids]
        return [log.text(nodes, revision, page.size) for revision, nodes in texts]

    return written


@strawberry.type(description="What happened to an account, what did not and why, and how it stood.")
class AccountPast:
    """What happened to it."""

    view: strawberry.Private[AccountView]

    @resolved(
        "Why a transition was not taken, a CTA was not opened, an alert is not on, or data dates no milestone. "
        "Null for a name that its rules do not have."
    )
    async def why_not(
        self,
        info: Info,
        transition: Annotated[
            str | None, strawberry.argument(description="The key of a transition; at most 100 characters.")
        ] = None,
        cta: Annotated[
            str | None, strawberry.argument(description="The key of a CTA template; at most 100 characters.")
        ] = None,
        alert: Annotated[
            str | None, strawberry.argument(description="The key of an alert; at most 100 characters.")
        ] = None,
        milestone: Annotated[
            str | None, strawberry.argument(description="The key of a milestone; at most 100 characters.")
        ] = None,
        as_of: Annotated[
            datetime | None, strawberry.argument(description="At which date, up to now; now where it is left out.")
        ] = None,
    ) -> WhyNot | None:
        """Explain what did not happen."""
        asked = Question(self.view.profile.account_id, transition, cta, alert, milestone, as_of)
        return await why_not(info, self.view, asked)

    @resolved(
        "What happened to it, newest first. Needs `first` or `last`, 1 to 100; anything else is an error.",
        batch=_histories,
        writer=_write_histories,
    )
    async def history(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[HistoryRecord]:
        """Load a page of its history."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.loaders.history.load((self.view.profile.account_id, page))
        return connection_of(found, HistoryRecord.of)

    @resolved("How it stood at a date, as far as that was known at another; null where its lifecycle had not begun.")
    async def at(
        self,
        info: Info,
        as_of: AsOf,
        as_known_at: AsKnownAt = None,
    ) -> AccountAt | None:
        """Load it as it stood."""
        found = await info.context.loaders.past.load((self.view.profile.account_id, Moment(as_of, as_known_at)))
        return None if found is None else AccountAt(view=found, as_known_at=as_known_at)

    @resolved(
        "What is another at the second date than at the first: stage, milestones, CTAs, health, measures and facts. "
        "At most 5,000; everything is new where its lifecycle began in between."
    )
    async def difference(
        self,
        info: Info,
        since: Annotated[datetime, strawberry.argument(description="The earlier date; from 1900 to now.")],
        until: Annotated[
            datetime | None, strawberry.argument(description="The later date; null for the date of the answer.")
        ] = None,
    ) -> list[AccountChange]:
        """Compare it with itself."""
        if until is not None and until < since:
            raise InvalidInput(f"`until` is {until.isoformat()}, which is before `since`", path="until")
        account_id, last = self.view.profile.account_id, self.view.as_of if until is None else until
        before = await info.context.loaders.past.load((account_id, Moment(since)))
        after = await info.context.loaders.past.load((account_id, Moment(last)))
        return [AccountChange.of(each) for each in changes_between(before, after)]

    @resolved(
        "Its whole story in words, from the beginning; `sentence` of each record tells it. Needs `first` or `last`, "
        "1 to 100; anything else is an error."
    )
    async def story(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[HistoryRecord]:
        """Load a page of its story."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.loaders.told.load((self.view.profile.account_id, page))
        return connection_of(found, HistoryRecord.of)

    @resolved("The number of its newest history record, 0 before the first; give it as `expectedRevision`.")
    def revision(self) -> int:
        """Which change it has seen last."""
        return self.view.lifecycle.revision
