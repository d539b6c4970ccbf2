"""Accounts in a segment that no rule gives them any more."""

import strawberry

from api.types.population import AffectedAccounts
from lifecycle_fsm.services.adrift import Accounts


@strawberry.type(description="The accounts of one segment that no rule of assignment gives to it any more.")
class AdriftAccounts:
    """A segment's accounts."""

    segment: str = strawberry.field(description="The segment's key; at most 100 characters.")
    accounts: AffectedAccounts = strawberry.field(
        description="Those that no rule takes, or only that of a segment in which their stage leads nowhere."
    )

    @classmethod
    def of(cls, segment: str, accounts: Accounts) -> "AdriftAccounts":
        """Show accounts."""
        return cls(segment=segment, accounts=AffectedAccounts.of(accounts))
