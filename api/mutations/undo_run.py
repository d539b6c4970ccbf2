"""Mutation `undoRun`: an evaluation run is taken back."""

from typing import Annotated, Union
from uuid import UUID

import strawberry

from api.context import Info
from api.ids import global_id, run_of
from api.mutations.answer import answered, demand_reading
from api.resolvers import resolved
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision, UnknownAccount
from api.types.run import Run, run_at
from lifecycle_fsm.services import undo


@strawberry.input(description="Which run is taken back, and why.")
class UndoRunInput:
    """A command to take back a run."""

    run_id: strawberry.ID = strawberry.field(
        description="The `runId` of its history records; at most 500 characters. An unknown one is refused."
    )
    reason: str = strawberry.field(description="Why, for history; 1 to 500 printable characters.")
    dry_run: bool = strawberry.field(default=False, description="Write nothing, and say what would happen.")


@strawberry.type(description="An account whose part of a run stays as it is.")
class NotUndone:
    """An account that refused."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    obstacle: undo.Obstacle = strawberry.field(description="Why, for programs.")
    message: str = strawberry.field(description="Why, for people; at most 1,000 characters.")


@strawberry.type(description="What became of the accounts of a run. Undoing it again finds nothing left to do.")
class RunUndone:
    """The accounts of a run, counted."""

    run_id: strawberry.ID = strawberry.field(description="The run that was taken back; at most 500 characters.")
    undo_run_id: strawberry.ID | None = strawberry.field(
        description="The run of the compensating records, null where nothing was written; at most 500 characters."
    )
    undone: int = strawberry.field(description="How many accounts stand as before the run, or would with `dryRun`.")
    already: int = strawberry.field(description="How many had been taken back before.")
    stays: int = strawberry.field(description="How many stay as they are.")
    refused: list[NotUndone] = strawberry.field(description="Those that stay, and why; at most 1,000.")
    places: strawberry.Private[tuple[UUID, UUID | None]]

    @resolved("The run that was taken back, as it is now.")
    async def run(self, info: Info) -> Run | None:
        """Load it."""
        return await run_at(info, self.places[0])

    @resolved("The run of the compensating records; null where nothing was written.")
    async def undo_run(self, info: Info) -> Run | None:
        """Load it."""
        return None if self.places[1] is None else await run_at(info, self.places[1])


UndoRunResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        RunUndone,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("UndoRunResult", description="What became of undoing a run."),
]


@strawberry.type
class UndoRunField:
    """Field of the mutation root."""

    @resolved(
        "Give accounts back the stage, clock, milestones, alerts and CTAs that they had before an evaluation run, "
        "each with a record that says so. Accounts on which something newer stands stay as they are."
    )
    async def undo_run(
        self,
        info: Info,
        given: Annotated[UndoRunInput, strawberry.argument(name="input", description="The command.")],
    ) -> UndoRunResult:
        """Take it back, and say what came of it."""
        return await answered(_undo(info, given))


async def _undo(info: Info, given: UndoRunInput) -> RunUndone:
    demand_reading(info)
    command = undo.UndoRun(run_of(given.run_id, "input.runId"), given.reason, given.dry_run)
    outcome = await info.context.change(undo.undo_run, command)
    return RunUndone(
        places=(outcome.run_id, outcome.undo_id),
        run_id=strawberry.ID(global_id("Run", outcome.run_id)),
        undo_run_id=None if outcome.undo_id is None else strawberry.ID(global_id("Run", outcome.undo_id)),
        undone=outcome.undone,
        already=outcome.already,
        stays=outcome.stays,
        refused=[
            NotUndone(
                account_id=strawberry.ID(global_id("Account", each.account_id)),
                obstacle=each.obstacle,
                message=each.message,
            )
            for each in outcome.refused
        ],
    )
