"""Mutation `revokeMilestone`: a person takes a milestone back."""

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


@strawberry.input(description="Which milestone an account has not reached after all, and why.")
class RevokeMilestoneInput:
    """A command to correct a milestone."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    milestone: str = strawberry.field(description="The milestone's key; at most 100 characters.")
    reason: str = strawberry.field(description="Why, for history; 1 to 500 printable characters.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)


RevokeMilestoneResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        MilestoneCorrected,
        MilestoneNotReached,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("RevokeMilestoneResult", description="What became of the correction."),
]


@strawberry.type
class RevokeMilestone:
    """Field of the mutation root."""

    @resolved("Take back a milestone, with the reason, and evaluate the account. History keeps the date that it had.")
    async def revoke_milestone(
        self,
        info: Info,
        given: Annotated[RevokeMilestoneInput, strawberry.argument(name="input", description="The command.")],
    ) -> RevokeMilestoneResult:
        """Take it back, and say what came of it."""
        return await answered(_correct(info, given))


async def _correct(info: Info, given: RevokeMilestoneInput) -> MilestoneCorrected | MilestoneNotReached:
    demand_reading(info)
    command = CorrectMilestone(
        account_id=account_of(given.account_id, "input.accountId"),
        milestone=given.milestone,
        reason=given.reason,
        idempotency_key=given.idempotency_key,
        expected_revision=given.expected_revision,
    )
    return await corrected(info, command)
