"""Mutation `assignSegment`: a person puts an account into a segment."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import account_of
from api.mutations.answer import answered
from api.mutations.inputs import KEY, REPLAYED, REVISION
from api.resolvers import resolved
from api.types.account import Account
from api.types.history import HistoryRecord
from api.types.problems import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    MachineNotFound,
    StaleRevision,
    UnknownAccount,
)
from lifecycle_fsm.domain import errors
from lifecycle_fsm.services.planning import assigning
from lifecycle_fsm.services.vocabulary import StageClock


@strawberry.input(description="Which account goes to which segment, and how.")
class AssignSegmentInput:
    """A command to assign."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    segment: str = strawberry.field(
        description="The segment's key; at most 100 characters. An unknown one answers MachineNotFound."
    )
    reason: str = strawberry.field(description="Why, for history; 1 to 500 printable characters.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    stage: str | None = strawberry.field(
        default=None,
        description="The key of the stage in which it goes on; the one of the same key where it is left out, which "
        "the segment must have then. At most 100 characters.",
    )
    clock: StageClock = strawberry.field(
        default=StageClock.KEEP, description="What becomes of the time that it has spent in its stage."
    )
    effects: bool = strawberry.field(
        default=False, description="Carry out the exit effects of the old stage and the enter effects of the new one."
    )
    by_hand: bool = strawberry.field(
        default=True,
        description="Keep it there whatever rules say; otherwise the next change of rules may take it away.",
    )


@strawberry.type(description="The account is in the segment.")
class SegmentAssigned:
    """An assignment."""

    account: Account = strawberry.field(description="The account in its new segment.")
    records: list[HistoryRecord] = strawberry.field(
        description="The assignment, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


AssignSegmentResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        SegmentAssigned,
        MachineNotFound,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("AssignSegmentResult", description="What became of an assignment."),
]


@strawberry.type
class AssignSegment:
    """Field of the mutation root."""

    @resolved(
        "Put an account into a segment, whatever the rules say, and evaluate it there at once. "
        "Needs the capability PUBLISH."
    )
    async def assign_segment(
        self,
        info: Info,
        given: Annotated[AssignSegmentInput, strawberry.argument(name="input", description="The command.")],
    ) -> AssignSegmentResult:
        """Assign, and say what came of it."""
        return await answered(_assign(info, given))


async def _assign(info: Info, given: AssignSegmentInput) -> SegmentAssigned | MachineNotFound:
    command = assigning.AssignSegment(
        account_id=account_of(given.account_id, "input.accountId"),
        segment=given.segment,
        reason=given.reason,
        idempotency_key=given.idempotency_key,
        stage=given.stage,
        clock=given.clock,
        effects=given.effects,
        by_hand=given.by_hand,
        expected_revision=given.expected_revision,
    )
    try:
        return _shown(await info.context.change(assigning.assign_segment, command))
    except errors.MachineNotFound as error:
        return MachineNotFound(message=error.message)


def _shown(outcome: assigning.SegmentAssigned) -> SegmentAssigned:
    return SegmentAssigned(
        account=Account(view=outcome.account),
        records=[HistoryRecord.of(record) for record in outcome.records],
        replayed=outcome.replayed,
    )
