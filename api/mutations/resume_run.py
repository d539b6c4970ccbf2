"""Mutation `resumeRun`: a worker goes on with a sweep or a back-fill that was interrupted."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import run_of
from api.mutations.plan_answer import answered_request
from api.resolvers import resolved
from api.types.problems import Forbidden, InvalidInput
from api.types.run import Run
from lifecycle_fsm.services.sweeping.asked import resume_run


@strawberry.input(description="Which sweep or back-fill to go on with.")
class ResumeRunInput:
    """A command to go on."""

    run_id: strawberry.ID = strawberry.field(
        description="The run's id; at most 500 characters. One date of a back-fill stands for all that are left of it."
    )


@strawberry.type(description="A worker goes on after the last page that is done, within seconds where one is running.")
class RunResumed:
    """A run that goes on."""

    run: Run = strawberry.field(description="The run, as it stands. One that had ended is as it was.")


ResumeRunResult = Annotated[
    Union[RunResumed, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("ResumeRunResult", description="What became of the wish to go on."),
]


@strawberry.type
class ResumeRun:
    """Field of the mutation root."""

    @resolved(
        "Have a worker go on with a sweep or a back-fill whose process ended before it did. Asking twice changes "
        "nothing, so that the call may be repeated. Needs the capability EVALUATE."
    )
    async def resume_run(
        self,
        info: Info,
        given: Annotated[ResumeRunInput, strawberry.argument(name="input", description="The wish.")],
    ) -> ResumeRunResult:
        """Ask, and say what came of it."""
        return await answered_request(_resume(info, given))


async def _resume(info: Info, given: ResumeRunInput) -> RunResumed:
    return RunResumed(run=Run(kept=await info.context.change(resume_run, run_of(given.run_id, "runId"))))
