"""Queries of tokens."""

import strawberry

from api.context import Info
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.paging import After, Before, First, Last
from api.types.token import Token
from lifecycle_fsm.services.tokens import page_tokens


@strawberry.type
class TokenQueries:
    """Fields of the query root."""

    @resolved(
        "A page of the tokens that were ever issued, newest first. Needs the capability MANAGE_TOKENS, and `first` or "
        "`last`, 1 to 100; anything else is an error."
    )
    async def tokens(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Token]:
        """Load a page of tokens."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        return connection_of(await info.context.call(page_tokens, page), Token.of)
