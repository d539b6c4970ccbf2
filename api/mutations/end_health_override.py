"""Mutation `endHealthOverride`: a person lets what is known count again."""

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
    NotOverridden,
    StaleRevision,
    UnknownAccount,
)
from lifecycle_fsm.services import overrides


@strawberry.input(description="Which override to end before its time, and why.")
class EndHealthOverrideInput:
    """A command to end an override."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    measure: str | None = strawberry.field(
        default=None, description="The measure's key, at most 100 characters; null for the whole health score."
    )
    reason: str = strawberry.field(description="Why; 1 to 500 printable characters. It is erased with the account.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)


@strawberry.type(description="The override is over; what is known counts again.")
class HealthOverrideEnded:
    """An override that was ended."""

    account: Account = strawberry.field(description="The account, with what the end set in motion.")
    records: list[HistoryRecord] = strawberry.field(
        description="The end, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


EndHealthOverrideResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        HealthOverrideEnded,
        NotOverridden,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("EndHealthOverrideResult", description="What became of ending an override."),
]


@strawberry.type
class EndHealthOverride:
    """Field of the mutation root."""

    @resolved("End an override of a measure or of the health score before its time, and evaluate the account at once.")
    async def end_health_override(
        self,
        info: Info,
        given: Annotated[EndHealthOverrideInput, strawberry.argument(name="input", description="The command.")],
    ) -> EndHealthOverrideResult:
        """End it, and say what came of it."""
        return await answered(_end(info, given))


async def _end(info: Info, given: EndHealthOverrideInput) -> HealthOverrideEnded | NotOverridden:
    demand_reading(info)
    command = overrides.EndOverride(
        account_id=account_of(given.account_id, "input.accountId"),
        reason=given.reason,
        idempotency_key=given.idempotency_key,
        measure=given.measure,
        expected_revision=given.expected_revision,
    )
    outcome = await info.context.change(overrides.end_health_override, command)
    account = Account(view=outcome.account)
    match outcome:
        case overrides.Overridden():
            records = [HistoryRecord.of(record) for record in outcome.records]
            return HealthOverrideEnded(account=account, records=records, replayed=outcome.replayed)
        case overrides.NotOverridden():
            message = "nobody speaks in the place of this measure or score; its override may have ended meanwhile"
            return NotOverridden(message=message, account=account)
    assert_never(outcome)
