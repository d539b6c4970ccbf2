"""Mutation `openSuccessPlan`: a plan is agreed with an account."""

from datetime import datetime
from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.ids import account_of
from api.mutations.answer import answered
from api.mutations.inputs import COMMENT, KEY, REVISION
from api.mutations.success_plan_answer import SuccessPlanChanged, plan_changed
from api.resolvers import resolved
from api.types.cta_problems import SuccessPlanOpen, UnknownPlanType
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision, UnknownAccount
from api.types.success_plan import SuccessPlan
from lifecycle_fsm.services import plan_work


@strawberry.input(description="Which success plan to open for which account.")
class OpenSuccessPlanInput:
    """A command to open."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    type: str = strawberry.field(description="The key of a plan type of the catalog; at most 100 characters.")
    idempotency_key: str = strawberry.field(description=KEY)
    is_draft: bool = strawberry.field(default=False, description="A draft has no objectives until it is activated.")
    title: str | None = strawberry.field(default=None, description="Instead of the type's title; 1 to 500 characters.")
    due_at: datetime | None = strawberry.field(default=None, description="Instead of the type's; from 1900 to 2200.")
    owner: str | None = strawberry.field(default=None, description="Instead of the account's CSM; 1 to 500 characters.")
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    comment: str | None = strawberry.field(default=None, description=COMMENT)


OpenSuccessPlanResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        SuccessPlanChanged,
        UnknownPlanType,
        SuccessPlanOpen,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("OpenSuccessPlanResult", description="What became of a plan that was asked for."),
]


@strawberry.type
class OpenSuccessPlan:
    """Field of the mutation root."""

    @resolved("Open a success plan with its objectives, unless one of its type is a draft or active.")
    async def open_success_plan(
        self,
        info: Info,
        given: Annotated[OpenSuccessPlanInput, strawberry.argument(name="input", description="The command.")],
    ) -> OpenSuccessPlanResult:
        """Open it, and say what came of it."""
        return await answered(_open(info, given))


async def _open(info: Info, given: OpenSuccessPlanInput) -> SuccessPlanChanged | UnknownPlanType | SuccessPlanOpen:
    command = plan_work.OpenPlan(
        account_id=account_of(given.account_id, "input.accountId"),
        type=given.type,
        idempotency_key=given.idempotency_key,
        is_draft=given.is_draft,
        title=given.title,
        due_at=given.due_at,
        owner=given.owner,
        comment=given.comment,
        expected_revision=given.expected_revision,
    )
    outcome = await info.context.change(plan_work.open_plan_by_hand, command)
    match outcome:
        case plan_work.PlanDone():
            return plan_changed(outcome)
        case plan_work.PlanTypeUnknown():
            message = f"the catalog has no plan type {outcome.type[:100]!r}; `known` lists those that it has"
            return UnknownPlanType(message=message, known=list(outcome.known))
        case plan_work.PlanTaken():
            message = "the account has a plan of this type that is not ended; complete or abandon that one first"
            return SuccessPlanOpen(message=message, plan=SuccessPlan.of(outcome.account, outcome.plan))
    assert_never(outcome)
