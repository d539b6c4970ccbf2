"""Which accounts a token is limited to."""

from uuid import UUID

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.types.account import Account
from lifecycle_fsm.domain.access import EVERYTHING
from lifecycle_fsm.domain.access import Portfolio as Limited

_USE_CSMS = "Use `csms`, which may be several. To be removed on 2027-11-26."


@strawberry.type(
    description="The accounts that a caller may see: those of one of `csms` that are in one of `segments`, only one of "
    "both where the other is null, and `accounts` besides, whosever they are. Where only accounts are named, they are "
    "all that is seen."
)
class Portfolio:
    """A limit."""

    ids: strawberry.Private[frozenset[UUID] | None]
    csm: str | None = strawberry.field(
        description="The only CSM of `csms`; null where there are none or several. At most 500 characters.",
        deprecation_reason=_USE_CSMS,
    )
    csms: list[str] | None = strawberry.field(
        description="Accounts of one of these CSMs, sorted; null limits nothing. At most 100."
    )
    segments: list[str] | None = strawberry.field(
        description="Accounts in one of these segments, by key, sorted; null limits nothing. At most 100."
    )

    @resolved(
        "These accounts besides, in no order; null where none are named. Those that are not registered are left out. "
        "At most 100."
    )
    async def accounts(self, info: Info) -> list[Account] | None:
        """Load the single accounts."""
        if self.ids is None:
            return None
        found = await info.context.loaders.accounts.load_many(sorted(self.ids))
        return [Account(view=view) for view in found if view is not None]

    @classmethod
    def of(cls, portfolio: Limited) -> "Portfolio | None":
        """Show a limit, None where everything is seen."""
        if portfolio == EVERYTHING:
            return None
        csms = None if portfolio.csms is None else sorted(portfolio.csms)
        return cls(
            ids=portfolio.accounts,
            csm=csms[0] if csms is not None and len(csms) == 1 else None,
            csms=csms,
            segments=None if portfolio.segments is None else sorted(portfolio.segments),
        )


@strawberry.input(
    name="PortfolioInput",
    description="Limits a token to the accounts of one of `csms` that are in one of `segments`, only one of both where "
    "the other is left out, and opens those of `accountKeys` besides, whosever they are.",
)
class PortfolioInput:
    """A limit to set."""

    csm: str | None = strawberry.field(
        default=None,
        description="One more of `csms`; 1 to 500 printable characters.",
        deprecation_reason=_USE_CSMS,
    )
    csms: list[str] | None = strawberry.field(
        default=None, description="Accounts of one of these CSMs; at most 100. An empty list is nobody's accounts."
    )
    segments: list[str] | None = strawberry.field(
        default=None, description="Accounts in one of these segments; at most 100 keys. An empty list is no account."
    )
    account_keys: list[str] | None = strawberry.field(
        default=None, description="These accounts besides, by the keys of their system of record; at most 100."
    )

    def to_domain(self, accounts: frozenset[UUID]) -> Limited:
        """Give the limit as services know it; `accounts` are the ids of the keys."""
        csms = [*(self.csms or ()), *([] if self.csm is None else [self.csm])]
        return Limited(
            None if self.csms is None and self.csm is None else frozenset(csms),
            None if self.segments is None else frozenset(self.segments),
            None if self.account_keys is None else accounts,
        )
