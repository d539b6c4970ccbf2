"""Mutation `reachMilestone`: a person dates a milestone."""

from datetime import datetime
from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.ids import account_of
from api.mutations.answer import answered, demand_reading
from api.mutations.inputs import COMMENT, KEY, REPLAYED, REVISION
from api.resolvers import resolved
from api.types.account import Account
from api.types.history import HistoryRecord
from api.types.problems import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    StaleRevision,
    UnknownAccount,
    UnknownMilestone,
)
from lifecycle_fsm.services import milestones


@strawberry.input(description="Which milestone an account has reached, and when.")
class ReachMilestoneInput:
    """A command to date a milestone."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    milestone: str = strawberry.field(
        description="The milestone's key; at most 100 characters. An unknown one answers UnknownMilestone."
    )
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    reached_at: datetime | None = strawberry.field(
        default=None, description="When it was reached, from 1900 to now; now where it is left out."
    )
    comment: str | None = strawberry.field(default=None, description=COMMENT)


@strawberry.type(description="The milestone has a date.")
class MilestoneReached:
    """A dated milestone."""

    account: Account = strawberry.field(description="The account, with what the milestone set in motion.")
    records: list[HistoryRecord] = strawberry.field(
        description="The milestone, then what followed from it, in order; at most 100. Empty when `already`."
    )
    reached_at: datetime = strawberry.field(description="The milestone's date.")
    already: bool = strawberry.field(description="Whether it was reached before and keeps that date.")
    replayed: bool = strawberry.field(description=REPLAYED)


ReachMilestoneResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        MilestoneReached,
        UnknownMilestone,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("ReachMilestoneResult", description="What became of a milestone."),
]


@strawberry.type
class ReachMilestone:
    """Field of the mutation root."""

    @resolved("Date a milestone of an account and evaluate it at once. A date that it has is kept.")
    async def reach_milestone(
        self,
        info: Info,
        given: Annotated[ReachMilestoneInput, strawberry.argument(name="input", description="The command.")],
    ) -> ReachMilestoneResult:
        """Date it, and say what came of it."""
        return await answered(_reach(info, given))


async def _reach(info: Info, given: ReachMilestoneInput) -> MilestoneReached | UnknownMilestone:
    demand_reading(info)
    command = milestones.ReachMilestone(
        account_id=account_of(given.account_id, "input.accountId"),
        milestone=given.milestone,
        idempotency_key=given.idempotency_key,
        reached_at=given.reached_at,
        comment=given.comment,
        expected_revision=given.expected_revision,
    )
    return _shown(await info.context.change(milestones.reach_milestone, command))


def _shown(outcome: milestones.MilestoneOutcome) -> MilestoneReached | UnknownMilestone:
    match outcome:
        case milestones.MilestoneDated():
            return MilestoneReached(
                account=Account(view=outcome.account),
                records=[HistoryRecord.of(record) for record in outcome.records],
                reached_at=outcome.reached_at,
                already=outcome.already,
                replayed=outcome.replayed,
            )
        case milestones.MilestoneUnknown():
            message = f"the catalog has no milestone {outcome.milestone[:100]!r}; `known` lists those that it has"
            return UnknownMilestone(message=message, known=list(outcome.known))
    assert_never(outcome)
