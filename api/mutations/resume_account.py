"""Mutation `resumeAccount`: the clock of a stage goes on."""

from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.ids import account_of
from api.mutations.answer import answered, demand_reading
from api.mutations.inputs import KEY, REPLAYED, REVISION
from api.resolvers import resolved
from api.types.account import Account
from api.types.history import HistoryRecord
from api.types.problems import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    NotPaused,
    StaleRevision,
    UnknownAccount,
)
from lifecycle_fsm.services import pauses


@strawberry.input(description="Which account to resume, and why.")
class ResumeAccountInput:
    """A command about the clock of a stage."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    reason: str = strawberry.field(description="Why; 1 to 500 printable characters. It is erased with the account.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)


@strawberry.type(description="The account is not paused any more; the clock of its stage goes on.")
class AccountResumed:
    """What was done to the clock."""

    account: Account = strawberry.field(description="The account, with what this set in motion.")
    records: list[HistoryRecord] = strawberry.field(
        description="This, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


ResumeAccountResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        AccountResumed,
        NotPaused,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("ResumeAccountResult", description="What became of resuming an account."),
]


@strawberry.type
class ResumeAccount:
    """Field of the mutation root."""

    @resolved("Let the clock of a paused account go on, or give up the pause that is planned, and evaluate it at once.")
    async def resume_account(
        self,
        info: Info,
        given: Annotated[ResumeAccountInput, strawberry.argument(name="input", description="The command.")],
    ) -> ResumeAccountResult:
        """Set the clock, and say what came of it."""
        return await answered(_set(info, given))


async def _set(info: Info, given: ResumeAccountInput) -> AccountResumed | NotPaused:
    demand_reading(info)
    command = pauses.ResumeAccount(
        account_id=account_of(given.account_id, "input.accountId"),
        reason=given.reason,
        idempotency_key=given.idempotency_key,
        expected_revision=given.expected_revision,
    )
    outcome = await info.context.change(pauses.resume_account, command)
    account = Account(view=outcome.account)
    match outcome:
        case pauses.ClockSet():
            records = [HistoryRecord.of(record) for record in outcome.records]
            return AccountResumed(account=account, records=records, replayed=outcome.replayed)
        case pauses.NotPaused():
            return NotPaused(message="the account is not paused; its pause may have ended meanwhile", account=account)
    assert_never(outcome)
