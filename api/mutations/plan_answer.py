"""What mutations about plans do with a rule that their caller broke."""

from collections.abc import Awaitable
from typing import TypeVar

from api.context import Info
from api.types.plan import ConfigurationPlan
from api.types.plan_problems import NotApproved, PlanIncomplete, PlanNotFound, StalePlan
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, path_of
from lifecycle_fsm.domain import errors

Outcome = TypeVar("Outcome")

RequestProblem = Forbidden | InvalidInput
PlanProblem = PlanNotFound | StalePlan | PlanIncomplete | NotApproved


async def answered_request(work: Awaitable[Outcome]) -> Outcome | RequestProblem:
    """Give the outcome, or what was wrong with the request."""
    try:
        return await work
    except errors.InvalidInput as error:
        return InvalidInput(message=error.message, path=path_of(error))
    except errors.Forbidden as error:
        return Forbidden(message=error.message)


async def answered_once(work: Awaitable[Outcome]) -> Outcome | RequestProblem | IdempotencyConflict:
    """The same for requests that carry a key."""
    try:
        return await answered_request(work)
    except errors.IdempotencyConflict as error:
        return IdempotencyConflict(message=error.message)


async def answered_plan(info: Info, digest: str, work: Awaitable[Outcome]) -> Outcome | PlanProblem:
    """Give the outcome, or why the plan cannot be used, with the plan as it stands."""
    try:
        return await work
    except errors.PlanNotFound as error:
        return PlanNotFound(message=error.message)
    except errors.StalePlan as error:
        return StalePlan(message=error.message, plan=await _plan(info, digest))
    except errors.PlanIncomplete as error:
        return PlanIncomplete(message=error.message, plan=await _plan(info, digest))
    except errors.NotApproved as error:
        return NotApproved(message=error.message, plan=await _plan(info, digest))


async def _plan(info: Info, digest: str) -> ConfigurationPlan:
    kept = await info.context.loaders.plans.load(digest)
    assert kept is not None
    return ConfigurationPlan(kept=kept)
