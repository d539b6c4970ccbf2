"""Mutation `issueToken`: let a person or a machine in."""

from datetime import datetime
from typing import Annotated, Union

import strawberry

from api.context import Info
from api.mutations.plan_answer import answered_request
from api.resolvers import resolved
from api.types.portfolio import PortfolioInput
from api.types.problems import Forbidden, InvalidInput
from api.types.token import Token
from lifecycle_fsm.domain.access import EVERYTHING, Role
from lifecycle_fsm.services.tokens import accounts_by_key, issue_token


@strawberry.input(description="Who is let in, and what for.")
class IssueTokenInput:
    """A token to issue."""

    name: str = strawberry.field(description="What history calls whoever uses it; 1 to 500 printable characters.")
    roles: list[Role] = strawberry.field(description="What it allows; at least one role.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="When it ends by itself, later than now; never where it is left out."
    )
    portfolio: PortfolioInput | None = strawberry.field(
        default=None, description="The accounts it is limited to; all where it is left out."
    )


@strawberry.type(description="The token was issued.")
class TokenIssued:
    """A new token."""

    token: Token = strawberry.field(description="Its terms.")
    secret: str = strawberry.field(
        description="What its holder sends as `Authorization: Bearer …`; 48 characters. Nobody can read it again."
    )
    warnings: list[str] = strawberry.field(
        description="What its portfolio names and nothing has yet, in words: segments that were never published, CSMs "
        "who own no account. At most 200 sentences of at most 3,000 characters, sorted by what they name."
    )


IssueTokenResult = Annotated[
    Union[TokenIssued, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("IssueTokenResult", description="What became of a token to issue."),
]


@strawberry.type
class IssueToken:
    """Field of the mutation root."""

    @resolved(
        "Let a person or a machine in. A secret is shown once and never kept, so each call issues another token and "
        "there is no idempotency key: revoke the one that you lost. Needs the capability MANAGE_TOKENS."
    )
    async def issue_token(
        self,
        info: Info,
        given: Annotated[IssueTokenInput, strawberry.argument(name="input", description="The token.")],
    ) -> IssueTokenResult:
        """Issue a token, and say what came of it."""
        answer = await answered_request(_issue(info, given))
        assert isinstance(answer, TokenIssued | Forbidden | InvalidInput)
        return answer


async def _issue(info: Info, given: IssueTokenInput) -> TokenIssued:
    portfolio = EVERYTHING
    if given.portfolio is not None:
        named = await info.context.call(accounts_by_key, given.portfolio.account_keys or ())
        portfolio = given.portfolio.to_domain(named)
    issued = await info.context.change(issue_token, given.name, given.roles, given.expires_at, portfolio)
    return TokenIssued(token=Token.of(issued.key), secret=issued.token, warnings=list(issued.warnings))
