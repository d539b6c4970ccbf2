"""Mutation `cancelSweep`: a sweep or a back-fill ends after the page that it is at."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import run_of
from api.mutations.plan_answer import answered_request
from api.resolvers import resolved
from api.types.problems import Forbidden, InvalidInput
from api.types.run import Run
from lifecycle_fsm.domain import errors
from lifecycle_fsm.services.sweeping.asked import stop_run


@strawberry.input(description="Which sweep or back-fill to stop.")
class CancelSweepInput:
    """A command to stop."""

    run_id: strawberry.ID = strawberry.field(description="The run's id; at most 500 characters.")


@strawberry.type(description="The run stops after the page that it is at; what it has done stays done.")
class SweepCancelled:
    """A sweep that was stopped."""

    run: Run = strawberry.field(description="The run, as it stands. One that had ended before is as it was.")


CancelSweepResult = Annotated[
    Union[SweepCancelled, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("CancelSweepResult", description="What became of the wish to stop."),
]


@strawberry.type
class CancelSweep:
    """Field of the mutation root."""

    @resolved(
        "Stop a sweep after the page that it is at, or a back-fill with all its later dates. Stopping twice changes "
        "nothing, so that the call may be repeated. "
        "Needs the capability EVALUATE."
    )
    async def cancel_sweep(
        self,
        info: Info,
        given: Annotated[CancelSweepInput, strawberry.argument(name="input", description="The wish.")],
    ) -> CancelSweepResult:
        """Stop it, and say what came of it."""
        return await answered_request(_cancel(info, given))


async def _cancel(info: Info, given: CancelSweepInput) -> SweepCancelled:
    run = await info.context.change(stop_run, run_of(given.run_id, "runId"))
    if run is None:
        raise errors.InvalidInput("there is no such run; read `runs` again", path="runId")
    return SweepCancelled(run=Run(kept=run))
