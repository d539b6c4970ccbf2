"""Queries of accounts: one, or a page of many."""

from typing import Annotated

import strawberry

from api.context import Info
from api.pagination import page_request
from api.queries.account_writing import chosen_account, write_account, write_accounts
from api.resolvers import resolved
from api.selection import asked_at, asks_for
from api.types.account import QUICK, Account
from api.types.connection import Connection, connection_of
from api.types.filters import AccountFilterInput, AccountOrderInput
from api.types.paging import After, Before, First, Last
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.domain.portfolio import AccountFilter, AccountOrder
from lifecycle_fsm.services.browse import page_account_ids, page_accounts
from lifecycle_fsm.services.views import AccountView

Filter = Annotated[
    AccountFilterInput | None,
    strawberry.argument(name="filter", description="Which accounts; all of them where it is left out."),
]
Order = Annotated[
    AccountOrderInput | None, strawberry.argument(description="In which order; by name where it is left out.")
]


@strawberry.type
class AccountQueries:
    """Fields of the query root."""

    @resolved("One account, by its id or by its key, not both; null when there is none.", writer=write_account)
    async def account(
        self,
        info: Info,
        given_id: Annotated[
            strawberry.ID | None, strawberry.argument(name="id", description="Its id; at most 500 characters.")
        ] = None,
        key: Annotated[
            str | None, strawberry.argument(description="What its system of record calls it; at most 500 characters.")
        ] = None,
    ) -> Account | None:
        """Load one account."""
        account_id, reader = chosen_account(given_id, key), info.context.reader
        found = await reader.accounts([account_id]) if reader and QUICK.issuperset(asked_at(info)) else None
        view = await info.context.loaders.accounts.load(account_id) if found is None else found.get(account_id)
        return None if view is None else Account(view=view)

    @resolved(
        "A page of accounts. Needs `first` or `last`, 1 to 100; anything else is an error. "
        "A cursor belongs to its filter and order.",
        writer=write_accounts,
    )
    async def accounts(  # noqa: PLR0913, PLR0917 # Relay has four, a list two
        self,
        info: Info,
        choose: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Account]:
        """Load a page of accounts."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        wanted = (choose or AccountFilterInput()).to_domain()
        found = await _page(info, wanted, (order or AccountOrderInput()).to_domain(), page)
        return connection_of(found, lambda view: Account(view=view))


async def _page(info: Info, wanted: AccountFilter, order: AccountOrder, page: PageRequest) -> Page[AccountView]:
    reader, asked = info.context.reader, {*asked_at(info, "nodes"), *asked_at(info, "edges", "node")}
    if reader is None or not QUICK.issuperset(asked):
        return await info.context.call(page_accounts, wanted, order, page)
    ids = await info.context.call(page_account_ids, wanted, order, page)
    views = await reader.accounts(ids.items) if ids.items else {}
    if views is None or len(views) < len(ids.items):
        # A machine is not loaded yet, or an account was erased meanwhile.
        return await info.context.call(page_accounts, wanted, order, page)
    items = tuple(views[account_id] for account_id in ids.items)
    return Page(items, ids.cursors, ids.has_next, ids.has_previous, ids.total)
