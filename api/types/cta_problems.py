"""Problems of commands on CTAs and success plans."""

from datetime import datetime

import strawberry

from api.types.account import Account
from api.types.cta import Cta
from api.types.problems import Problem, ProblemCode, at
from api.types.success_plan import SuccessPlan
from lifecycle_fsm.domain.plan import PlanStatus


@strawberry.type(description="Its place is taken by an open CTA, or rests after one that was closed lately.")
class CtaPlaceTaken(Problem):
    """Another CTA is in the way."""

    code: ProblemCode = strawberry.field(description="Always CTA_PLACE_TAKEN.", default=ProblemCode.CTA_PLACE_TAKEN)
    account: Account = strawberry.field(description="The account, which is as it was.")
    by: Cta = strawberry.field(description="The CTA in the way.")
    until: datetime | None = strawberry.field(
        description="When that one wakes, or when the rest after it ends; null where nothing but its closing helps."
    )


@strawberry.type(description="The catalog has no such CTA template.")
class UnknownTemplate(Problem):
    """The template does not exist."""

    code: ProblemCode = strawberry.field(description="Always UNKNOWN_TEMPLATE.", default=ProblemCode.UNKNOWN_TEMPLATE)
    path: list[str] = at("template")
    known: list[str] = strawberry.field(description="The keys of the templates that it has; at most 1,000.")


@strawberry.type(description="The catalog has no such type of success plan.")
class UnknownPlanType(Problem):
    """The type does not exist."""

    code: ProblemCode = strawberry.field(description="Always UNKNOWN_PLAN_TYPE.", default=ProblemCode.UNKNOWN_PLAN_TYPE)
    path: list[str] = at("type")
    known: list[str] = strawberry.field(description="The keys of the types that it has; at most 1,000.")


@strawberry.type(description="The account has no such success plan.")
class UnknownSuccessPlan(Problem):
    """The plan does not exist."""

    code: ProblemCode = strawberry.field(
        description="Always UNKNOWN_SUCCESS_PLAN.", default=ProblemCode.UNKNOWN_SUCCESS_PLAN
    )
    path: list[str] = at("planId")


@strawberry.type(description="The account has a success plan of this type that is a draft or active.")
class SuccessPlanOpen(Problem):
    """One plan of a type at a time."""

    code: ProblemCode = strawberry.field(description="Always SUCCESS_PLAN_OPEN.", default=ProblemCode.SUCCESS_PLAN_OPEN)
    path: list[str] = at("type")
    plan: SuccessPlan = strawberry.field(description="The plan that is open.")


@strawberry.type(description="The success plan cannot go from its status to the one asked for.")
class IllegalPlanStatus(Problem):
    """The status machine says no."""

    code: ProblemCode = strawberry.field(
        description="Always ILLEGAL_PLAN_STATUS.", default=ProblemCode.ILLEGAL_PLAN_STATUS
    )
    path: list[str] = at("status")
    plan: SuccessPlan = strawberry.field(description="The plan as it is.")
    allowed: list[PlanStatus] = strawberry.field(description="The statuses that may follow; at most 2.")
