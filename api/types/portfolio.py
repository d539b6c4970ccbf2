"""Which accounts a token is limited to."""

import strawberry

from lifecycle_fsm.domain.access import EVERYTHING
from lifecycle_fsm.domain.access import Portfolio as Limited


@strawberry.type(description="The accounts that a caller may see; where both are given, both have to hold.")
class Portfolio:
    """A limit."""

    csm: str | None = strawberry.field(
        description="Only accounts of this CSM; null limits nothing. At most 200 characters."
    )
    segments: list[str] | None = strawberry.field(
        description="Only accounts in these segments, by key, sorted; null limits nothing. At most 100."
    )

    @classmethod
    def of(cls, portfolio: Limited) -> "Portfolio | None":
        """Show a limit, None where everything is seen."""
        if portfolio == EVERYTHING:
            return None
        return cls(csm=portfolio.csm, segments=None if portfolio.segments is None else sorted(portfolio.segments))


@strawberry.input(
    name="PortfolioInput", description="Limits a token to some accounts; where both are given, both have to hold."
)
class PortfolioInput:
    """A limit to set."""

    csm: str | None = strawberry.field(
        default=None, description="Only accounts of this CSM; 1 to 200 printable characters."
    )
    segments: list[str] | None = strawberry.field(
        default=None, description="Only accounts in these segments; at most 100 keys."
    )

    def to_domain(self) -> Limited:
        """Give the limit as services know it; an empty list sees nothing."""
        return Limited(self.csm, None if self.segments is None else frozenset(self.segments))
