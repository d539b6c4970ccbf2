"""Mutation `reachMilestones`: milestones of many accounts arrive."""

from datetime import datetime
from typing import Annotated, Union
from uuid import UUID

import strawberry

from api.context import Info
from api.mutations.answer import answered, demand_reading
from api.mutations.inputs import KEY, REPLAYED
from api.resolvers import resolved
from api.types.account import Account, account_at
from api.types.batch import RowIssue, issues_of
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.intake.batch import Batch, take_batch
from lifecycle_fsm.services.intake.milestones import MilestoneNote
from lifecycle_fsm.services.intake.rows import Kind


@strawberry.input(description="A milestone of one account.")
class MilestoneRowInput:
    """One milestone."""

    account_key: str = strawberry.field(
        description="What the account's system of record calls it; 1 to 500 printable characters."
    )
    milestone: str = strawberry.field(description="The milestone's key; at most 100 characters.")
    reached_at: datetime | None = strawberry.field(
        default=None, description="When it was reached, from 1900 to now; now where it is left out."
    )
    comment: str | None = strawberry.field(default=None, description="A remark; 1 to 500 printable characters.")


@strawberry.input(description="Milestones that accounts have reached.")
class ReachMilestonesInput:
    """A command to date milestones."""

    rows: list[MilestoneRowInput] = strawberry.field(description="The milestones, 1 to 1,000, in order of accounts.")
    source: str = strawberry.field(description="Where they come from; 1 to 500 printable characters.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.type(description="What became of one milestone.")
class MilestoneRowResult:
    """The result of a row."""

    index: int = strawberry.field(description="The row's place in the input, from 0.")
    note: MilestoneNote = strawberry.field(description="What became of it.")
    problems: list[RowIssue] = strawberry.field(description="What is wrong with it; at most 10.")
    place: strawberry.Private[UUID]

    @resolved("The account as it is now; null where there is none. Needs the capability READ.")
    async def account(self, info: Info) -> Account | None:
        """Load it."""
        return await account_at(info, self.place)


@strawberry.type(description="The milestones were looked at one by one; a rejected one does not stop the others.")
class MilestonesReached:
    """The results of a batch."""

    rows: list[MilestoneRowResult] = strawberry.field(
        description="The result of each row, in the order of the input. Accounts of a large batch are evaluated later."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


ReachMilestonesResult = Annotated[
    Union[MilestonesReached, Forbidden, InvalidInput, IdempotencyConflict],  # noqa: UP007 # strawberry names it
    strawberry.union("ReachMilestonesResult", description="What became of a batch of milestones."),
]


@strawberry.type
class ReachMilestones:
    """Field of the mutation root."""

    @resolved(
        "Date milestones of many accounts, and evaluate these at once where the batch is small. "
        "Needs the capability REACH_MILESTONE."
    )
    async def reach_milestones(
        self,
        info: Info,
        given: Annotated[ReachMilestonesInput, strawberry.argument(name="input", description="The command.")],
    ) -> ReachMilestonesResult:
        """Date them, and say what came of each."""
        answer = await answered(_reach(info, given))
        assert isinstance(answer, MilestonesReached | Forbidden | InvalidInput | IdempotencyConflict)
        return answer


async def _reach(info: Info, given: ReachMilestonesInput) -> MilestonesReached:
    demand_reading(info)
    batch = Batch(Kind.MILESTONES, [_row(row) for row in given.rows], given.source, given.idempotency_key)
    taken = await info.context.change(take_batch, batch)
    return MilestonesReached(
        rows=[
            MilestoneRowResult(
                index=index,
                note=MilestoneNote(note),
                problems=issues_of(taken, index),
                place=account_id_for(given.rows[index].account_key.strip()),
            )
            for index, note in enumerate(taken.rows)
        ],
        replayed=taken.replayed,
    )


def _row(given: MilestoneRowInput) -> dict[str, object]:
    return {
        "account": given.account_key,
        "milestone": given.milestone,
        "reachedAt": given.reached_at and given.reached_at.isoformat(),
        "comment": given.comment,
    }
