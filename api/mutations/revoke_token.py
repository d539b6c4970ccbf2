"""Mutation `revokeToken`: stop a token."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import token_of
from api.mutations.plan_answer import answered_request
from api.resolvers import resolved
from api.types.problems import Forbidden, InvalidInput, UnknownToken
from api.types.token import Token
from lifecycle_fsm.domain import errors
from lifecycle_fsm.services.tokens import revoke_token


@strawberry.input(description="Which token to stop.")
class RevokeTokenInput:
    """A token to stop."""

    token_id: strawberry.ID = strawberry.field(description="The id of the token; at most 500 characters.")


@strawberry.type(description="The token is in force no more.")
class TokenRevoked:
    """A stopped token."""

    token: Token = strawberry.field(description="The token as it stands.")


RevokeTokenResult = Annotated[
    Union[TokenRevoked, UnknownToken, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("RevokeTokenResult", description="What became of a token to stop."),
]


@strawberry.type
class RevokeToken:
    """Field of the mutation root."""

    @resolved(
        "Stop a token. Requests with it are refused after at most 10 seconds, its sockets and streams are closed. "
        "Stopping it twice changes nothing, so that the call may be repeated. Needs the capability MANAGE_TOKENS."
    )
    async def revoke_token(
        self,
        info: Info,
        given: Annotated[RevokeTokenInput, strawberry.argument(name="input", description="The token.")],
    ) -> RevokeTokenResult:
        """Stop a token, and say what came of it."""
        try:
            answer = await answered_request(_revoke(info, given))
        except errors.UnknownToken as error:
            return UnknownToken(message=error.message)
        assert isinstance(answer, TokenRevoked | Forbidden | InvalidInput)
        return answer


async def _revoke(info: Info, given: RevokeTokenInput) -> TokenRevoked:
    return TokenRevoked(token=Token.of(await info.context.change(revoke_token, token_of(given.token_id, "tokenId"))))
