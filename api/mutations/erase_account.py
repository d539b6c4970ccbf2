"""Mutation `eraseAccount`: forget by law what was known about an account."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import account_of, global_id
from api.mutations.answer import answered
from api.mutations.inputs import GROUND
from api.resolvers import resolved
from api.types.problems import Forbidden, InvalidInput, UnknownAccount
from lifecycle_fsm.services.audit.erase import erase_account


@strawberry.input(description="Which account is erased, and why.")
class EraseAccountInput:
    """An account to erase."""

    account_id: strawberry.ID = strawberry.field(description="The account; at most 500 characters.")
    ground: str = strawberry.field(description=GROUND)


@strawberry.type(description="What was known about the account is gone; its history stays provable without it.")
class AccountErased:
    """An account that was erased."""

    account_id: strawberry.ID = strawberry.field(description="The account; at most 500 characters.")
    already: bool = strawberry.field(description="Whether it had been erased before, so that nothing was done.")


EraseAccountResult = Annotated[
    Union[AccountErased, UnknownAccount, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("EraseAccountResult", description="What became of an account to erase."),
]


@strawberry.type
class EraseAccount:
    """Field of the mutation root."""

    @resolved(
        "Erase an account by law, for ever: its profile, what it was judged on, free texts, and what reviewers wrote "
        "that names it. Doing it twice changes nothing, so that the call may be repeated. Needs the capability "
        "MANAGE_TOKENS."
    )
    async def erase_account(
        self,
        info: Info,
        given: Annotated[EraseAccountInput, strawberry.argument(name="input", description="The account.")],
    ) -> EraseAccountResult:
        """Erase it, and say what came of it."""
        answer = await answered(_erase(info, given))
        assert isinstance(answer, AccountErased | UnknownAccount | Forbidden | InvalidInput)
        return answer


async def _erase(info: Info, given: EraseAccountInput) -> AccountErased:
    account_id = account_of(given.account_id, "input.accountId")
    erased = await info.context.change(erase_account, account_id, given.ground)
    return AccountErased(account_id=strawberry.ID(global_id("Account", account_id)), already=erased.already)
