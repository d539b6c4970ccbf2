"""Tokens, without the secret that only their holders have."""

from datetime import datetime

import strawberry

from api.ids import global_id
from api.types.portfolio import Portfolio
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.vocabulary import ApiKey


@strawberry.type(description="A token that lets a person or a machine in. Its text is shown once, when it is issued.")
class Token:
    """A token's terms and use."""

    id: strawberry.ID = strawberry.field(
        description="Opaque and the same for ever, for `revokeToken`; `node` does not know it. At most 500 characters."
    )
    name: str = strawberry.field(description="What history calls whoever uses it; at most 500 characters.")
    roles: list[Role] = strawberry.field(description="What it allows, sorted.")
    portfolio: Portfolio | None = strawberry.field(description="The accounts it is limited to; null for all.")
    created_at: datetime = strawberry.field(description="When it was issued.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself; null for never.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the hour; null if it never was."
    )
    revoked_at: datetime | None = strawberry.field(description="When somebody stopped it; null while it is in force.")

    @classmethod
    def of(cls, key: ApiKey) -> "Token":
        """Show a token."""
        return cls(
            id=strawberry.ID(global_id("Token", key.token_hash)),
            name=key.name,
            roles=sorted(key.roles),
            portfolio=Portfolio.of(key.portfolio),
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )
