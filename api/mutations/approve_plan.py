"""Mutation `approvePlan`: somebody agrees to a plan of somebody else."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import plan_of
from api.mutations.inputs import PLAN_ID
from api.mutations.plan_answer import PlanProblem, answered_plan, answered_request
from api.resolvers import resolved
from api.types.plan import ConfigurationPlan
from api.types.plan_problems import PlanNotFound
from api.types.problems import Forbidden, InvalidInput
from lifecycle_fsm.services.planning.apply import approve


@strawberry.input(description="Which plan to agree to.")
class ApprovePlanInput:
    """A command to approve."""

    plan_id: strawberry.ID = strawberry.field(description=PLAN_ID)
    comment: str | None = strawberry.field(
        default=None, description="A remark that is kept with it; 1 to 500 printable characters."
    )


@strawberry.type(description="The plan has the caller's approval.")
class PlanApproved:
    """An approval."""

    plan: ConfigurationPlan = strawberry.field(description="The plan with its approvals.")


ApprovePlanResult = Annotated[
    Union[PlanApproved, PlanNotFound, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("ApprovePlanResult", description="What became of an approval."),
]


@strawberry.type
class ApprovePlan:
    """Field of the mutation root."""

    @resolved(
        "Agree to a plan of somebody else. Agreeing twice changes nothing, so that the call may be repeated. "
        "Needs the capability PUBLISH."
    )
    async def approve_plan(
        self,
        info: Info,
        given: Annotated[ApprovePlanInput, strawberry.argument(name="input", description="The approval.")],
    ) -> ApprovePlanResult:
        """Approve, and say what came of it."""
        answer = await answered_request(_approve(info, given))
        assert isinstance(answer, PlanApproved | PlanNotFound | Forbidden | InvalidInput)
        return answer


async def _approve(info: Info, given: ApprovePlanInput) -> PlanApproved | PlanProblem:
    digest = plan_of(given.plan_id, "planId")
    return await answered_plan(info, digest, _approved(info, digest, given.comment))


async def _approved(info: Info, digest: str, comment: str | None) -> PlanApproved:
    return PlanApproved(plan=ConfigurationPlan(kept=await info.context.change(approve, digest, comment)))
