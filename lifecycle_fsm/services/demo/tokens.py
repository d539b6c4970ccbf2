"""The demo's tokens, one for each role, new at each start."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import UnknownToken
from lifecycle_fsm.services.tokens import IssuedToken, issue_token, revoke_tokens
from lifecycle_fsm.services.world import World

VALID_FOR = timedelta(days=7)


def demo_name(role: Role) -> str:
    """The name of the demo's token for a role, which history shows."""
    return f"demo-{role}"


def issue_demo_tokens(world: World, actor: Actor) -> Mapping[Role, IssuedToken]:
    """
    Revoke the demo's earlier tokens and make new ones, in the order of the roles.

    Raises:
        Forbidden: the actor may not manage tokens.
    """
    expires_at = world.clock() + VALID_FOR
    tokens = {}
    for role in Role:
        # At the first start there are none to revoke.
        with suppress(UnknownToken):
            revoke_tokens(world, actor, demo_name(role))
        tokens[role] = issue_token(world, actor, demo_name(role), [role], expires_at)
    return tokens
