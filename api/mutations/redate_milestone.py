"""Mutation `redateMilestone`: a person gives a milestone another date."""

from datetime import datetime
from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import account_of
from api.mutations.answer import answered, demand_reading
from api.mutations.corrected import MilestoneCorrected, corrected
from api.mutations.inputs import KEY, REVISION
from api.resolvers import resolved
from api.types.problems import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    MilestoneNotReached,
    StaleRevision,
    UnknownAccount,
)
from lifecycle_fsm.services.milestone_corrections import CorrectMilestone


@strawberry.input(description="Which milestone an account reached on another date, and why.")
class RedateMilestoneInput:
    """A command to correct a milestone."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    milestone: str = strawberry.field(description="The milestone's key; at most 100 characters.")
    reached_at: datetime = strawberry.field(description="When it was reached, from 1900 to now.")
    reason: str = strawberry.field(description="Why, for history; 1 to 500 printable characters.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)


RedateMilestoneResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        MilestoneCorrected,
        MilestoneNotReached,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("RedateMilestoneResult", description="What became of the correction."),
]


@strawberry.type
class RedateMilestone:
    """Field of the mutation root."""

    @resolved("Give a milestone another date, with the reason, and evaluate the account. History keeps the old date.")
    async def redate_milestone(
        self,
        info: Info,
        given: Annotated[RedateMilestoneInput, strawberry.argument(name="input", description="The command.")],
    ) -> RedateMilestoneResult:
        """Date it anew, and say what came of it."""
        return await answered(_correct(info, given))


async def _correct(info: Info, given: RedateMilestoneInput) -> MilestoneCorrected | MilestoneNotReached:
    demand_reading(info)
    command = CorrectMilestone(
        account_id=account_of(given.account_id, "input.accountId"),
        milestone=given.milestone,
        reason=given.reason,
        idempotency_key=given.idempotency_key,
        reached_at=given.reached_at,
        expected_revision=given.expected_revision,
    )
    return await corrected(info, command)
