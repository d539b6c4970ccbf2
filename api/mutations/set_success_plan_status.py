"""Mutation `setSuccessPlanStatus`: a plan is activated, completed or abandoned."""

from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.ids import success_plan_of
from api.mutations.answer import answered
from api.mutations.inputs import COMMENT, KEY, REVISION
from api.mutations.success_plan_answer import SuccessPlanChanged, plan_changed
from api.resolvers import resolved
from api.types.cta_problems import IllegalPlanStatus, UnknownSuccessPlan
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision, UnknownAccount
from api.types.success_plan import SuccessPlan
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.services import plan_work


@strawberry.input(description="Which success plan gets which status.")
class SetSuccessPlanStatusInput:
    """A command on a plan."""

    plan_id: strawberry.ID = strawberry.field(description="The success plan's id; at most 500 characters.")
    status: PlanStatus = strawberry.field(description="What it becomes; its `nextStatuses` are allowed.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    comment: str | None = strawberry.field(default=None, description=COMMENT)


SetSuccessPlanStatusResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        SuccessPlanChanged,
        UnknownSuccessPlan,
        IllegalPlanStatus,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("SetSuccessPlanStatusResult", description="What became of a success plan."),
]


@strawberry.type
class SetSuccessPlanStatus:
    """Field of the mutation root."""

    @resolved("Activate, complete or abandon a success plan. Its open objectives are closed as superseded at its end.")
    async def set_success_plan_status(
        self,
        info: Info,
        given: Annotated[SetSuccessPlanStatusInput, strawberry.argument(name="input", description="The command.")],
    ) -> SetSuccessPlanStatusResult:
        """Set it, and say what came of it."""
        return await answered(_set(info, given), account="planId")


async def _set(
    info: Info, given: SetSuccessPlanStatusInput
) -> SuccessPlanChanged | UnknownSuccessPlan | IllegalPlanStatus:
    account_id, plan_id = success_plan_of(given.plan_id, "input.planId")
    command = plan_work.MovePlan(
        account_id, plan_id, given.status, given.idempotency_key, given.comment, given.expected_revision
    )
    outcome = await info.context.change(plan_work.move_plan, command)
    match outcome:
        case plan_work.PlanDone():
            return plan_changed(outcome)
        case plan_work.PlanMissing():
            return UnknownSuccessPlan(message="the account has no such success plan; read its `successPlans` again")
        case plan_work.PlanMoveRefused():
            allowed = ", ".join(each.value for each in outcome.allowed) or "nothing"
            message = f"a plan that is {outcome.plan.status.value} may become {allowed}, not {given.status.value}"
            plan = SuccessPlan.of(outcome.account, outcome.plan)
            return IllegalPlanStatus(message=message, plan=plan, allowed=list(outcome.allowed))
    assert_never(outcome)
