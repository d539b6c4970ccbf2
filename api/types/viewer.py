"""Who asks."""

import strawberry

from api.types.portfolio import Portfolio
from lifecycle_fsm.domain.access import Actor, Capability, Role


@strawberry.type(description="Whoever the request's token belongs to.")
class Viewer:
    """The caller."""

    name: str = strawberry.field(description="The name that history shows; at most 200 characters.")
    roles: list[Role] = strawberry.field(description="The caller's roles, sorted.")
    capabilities: list[Capability] = strawberry.field(description="What the roles allow, sorted.")
    portfolio: Portfolio | None = strawberry.field(description="The accounts the caller is limited to; null for all.")

    @classmethod
    def of(cls, actor: Actor) -> "Viewer":
        """Show an actor."""
        return cls(
            name=actor.name,
            roles=sorted(actor.roles),
            capabilities=sorted(capability for capability in Capability if actor.may(capability)),
            portfolio=Portfolio.of(actor.portfolio),
        )
