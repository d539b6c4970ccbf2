"""Mutation `pauseAccount`: the clock of a stage stands still."""

from datetime import datetime
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
    AlreadyPaused,
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    StaleRevision,
    UnknownAccount,
)
from lifecycle_fsm.services import pauses


@strawberry.input(description="Which account to pause, until when, and why.")
class PauseAccountInput:
    """A command about the clock of a stage."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    reason: str = strawberry.field(description="Why; 1 to 500 printable characters. It is erased with the account.")
    idempotency_key: str = strawberry.field(description=KEY)
    until: datetime | None = strawberry.field(
        default=None,
        description="When the clock goes on, after it stops and at most 3,660 days ahead; null for an open end.",
    )
    since: datetime | None = strawberry.field(
        default=None,
        description="When the clock stops: null for now; before now, from the account's beginning on, for a pause that "
        "is written down late; after now, at most 3,660 days ahead, for one that is planned.",
    )
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)


@strawberry.type(description="The account is paused: the clock of its stage stands still.")
class AccountPaused:
    """What was done to the clock."""

    account: Account = strawberry.field(description="The account, with what this set in motion.")
    records: list[HistoryRecord] = strawberry.field(
        description="This, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


PauseAccountResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        AccountPaused,
        AlreadyPaused,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("PauseAccountResult", description="What became of pausing an account."),
]


@strawberry.type
class PauseAccount:
    """Field of the mutation root."""

    @resolved(
        "Pause an account, from now on or from another date: its pace, the age of its stage, `for` and waiting times "
        "stand still, and milestones that are due after the entry of the stage are due later. Other due dates stay."
    )
    async def pause_account(
        self,
        info: Info,
        given: Annotated[PauseAccountInput, strawberry.argument(name="input", description="The command.")],
    ) -> PauseAccountResult:
        """Set the clock, and say what came of it."""
        return await answered(_set(info, given))


async def _set(info: Info, given: PauseAccountInput) -> AccountPaused | AlreadyPaused:
    demand_reading(info)
    command = pauses.PauseAccount(
        account_id=account_of(given.account_id, "input.accountId"),
        reason=given.reason,
        idempotency_key=given.idempotency_key,
        until=given.until,
        since=given.since,
        expected_revision=given.expected_revision,
    )
    outcome = await info.context.change(pauses.pause_account, command)
    account = Account(view=outcome.account)
    match outcome:
        case pauses.ClockSet():
            records = [HistoryRecord.of(record) for record in outcome.records]
            return AccountPaused(account=account, records=records, replayed=outcome.replayed)
        case pauses.AlreadyPaused():
            return AlreadyPaused(
                message="the account is paused already, or is to be; resume it first to give it other dates",
                account=account,
            )
    assert_never(outcome)
