"""Mutation `overrideHealth`: a person speaks in the place of a measure or of the health score."""

from datetime import datetime
from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.ids import account_of
from api.mutations.answer import answered, demand_reading
from api.mutations.inputs import KEY, REPLAYED, REVISION
from api.resolvers import resolved
from api.scalars import LooseValue
from api.types.account import Account
from api.types.history import HistoryRecord
from api.types.problems import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    StaleRevision,
    UnknownAccount,
    UnknownMeasure,
)
from lifecycle_fsm.services import overrides


@strawberry.input(description="What to say in the place of a measure or of the health score, why, and until when.")
class OverrideHealthInput:
    """A command to override."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    measure: str | None = strawberry.field(
        default=None,
        description="The measure's key, at most 100 characters; null for the whole health score. "
        "An unknown one answers UnknownMeasure.",
    )
    value: LooseValue = strawberry.field(
        description="The value in the measure's unit, a choice by its word, a flag as true or false; "
        "0 to 100 for the health score."
    )
    until: datetime = strawberry.field(
        description="From when on it does not count any more: after now, at most 366 days ahead."
    )
    reason: str = strawberry.field(description="Why; 1 to 500 printable characters. It is erased with the account.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)


@strawberry.type(description="The override stands and counts at once.")
class HealthOverridden:
    """An override that was set."""

    account: Account = strawberry.field(description="The account, with what the override set in motion.")
    records: list[HistoryRecord] = strawberry.field(
        description="The override, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


OverrideHealthResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        HealthOverridden,
        UnknownMeasure,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("OverrideHealthResult", description="What became of an override."),
]


@strawberry.type
class OverrideHealth:
    """Field of the mutation root."""

    @resolved(
        "Speak in the place of a measure, or of the whole health score, until an instant; guards see it at once. "
        "One that was there is replaced."
    )
    async def override_health(
        self,
        info: Info,
        given: Annotated[OverrideHealthInput, strawberry.argument(name="input", description="The command.")],
    ) -> OverrideHealthResult:
        """Set it, and say what came of it."""
        return await answered(_override(info, given))


async def _override(info: Info, given: OverrideHealthInput) -> HealthOverridden | UnknownMeasure:
    demand_reading(info)
    value = given.value
    assert value is None or isinstance(value, (bool, int, float, str))
    command = overrides.OverrideHealth(
        account_id=account_of(given.account_id, "input.accountId"),
        value=value,
        until=given.until,
        reason=given.reason,
        idempotency_key=given.idempotency_key,
        measure=given.measure,
        expected_revision=given.expected_revision,
    )
    outcome = await info.context.change(overrides.override_health, command)
    match outcome:
        case overrides.Overridden():
            records = [HistoryRecord.of(record) for record in outcome.records]
            return HealthOverridden(account=Account(view=outcome.account), records=records, replayed=outcome.replayed)
        case overrides.MeasureUnknown():
            message = f"the catalog has no measure {outcome.measure[:100]!r}; `known` lists those that it has"
            return UnknownMeasure(message=message, known=list(outcome.known))
    assert_never(outcome)
