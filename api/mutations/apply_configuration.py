"""Mutation `applyConfiguration`: a plan that was shown comes into force."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import plan_of
from api.mutations.inputs import PLAN_ID
from api.mutations.plan_answer import PlanProblem, answered_plan, answered_request
from api.resolvers import resolved
from api.types.migration import Migration
from api.types.plan import ConfigurationPlan
from api.types.plan_problems import NotApproved, PlanIncomplete, PlanNotFound, StalePlan
from api.types.problems import Forbidden, InvalidInput
from api.types.segment import Segment
from lifecycle_fsm.domain import errors
from lifecycle_fsm.services.browse import list_segments
from lifecycle_fsm.services.planning.apply import Applied, Terms, apply
from lifecycle_fsm.services.planning.rollout import RollOut

WHOLE = 100


@strawberry.input(description="Which plan to bring into force, for whom, and why.")
class ApplyConfigurationInput:
    """A command to apply."""

    plan_id: strawberry.ID = strawberry.field(description=PLAN_ID)
    roll_out_percent: int = strawberry.field(
        default=WHOLE,
        description="The share of existing accounts that go over, 0 to 100: 100 for all, 0 for new accounts only. "
        "Which ones is decided by their ids, so that a larger share has the smaller one in it.",
    )
    reason: str | None = strawberry.field(default=None, description="Why, for history; 1 to 500 printable characters.")
    same_accounts: bool = strawberry.field(
        default=False, description="Refuse it also when any account was written to since the plan was made."
    )


@strawberry.type(description="The plan is in force.")
class ConfigurationApplied:
    """An applied plan."""

    plan: ConfigurationPlan = strawberry.field(description="The plan with its publications.")
    segments: list[Segment] = strawberry.field(
        description="All segments with their versions, in the order in which they take accounts; at most 100."
    )
    changed: list[str] = strawberry.field(
        description="The keys of the segments whose version was never published before; at most 100."
    )
    migration: Migration = strawberry.field(
        description="What became of existing accounts so far; `left` of them go over by themselves."
    )


ApplyConfigurationResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        ConfigurationApplied,
        PlanNotFound,
        PlanIncomplete,
        NotApproved,
        StalePlan,
        Forbidden,
        InvalidInput,
    ],
    strawberry.union("ApplyConfigurationResult", description="What became of a plan."),
]


@strawberry.type
class ApplyConfiguration:
    """Field of the mutation root."""

    @resolved(
        "Bring exactly the plan that was shown into force, and take over its first 2,000 accounts; workers do the "
        "others. Repeated, it goes on where it stopped; with a larger share it takes over those that this adds. "
        "Needs the capability PUBLISH."
    )
    async def apply_configuration(
        self,
        info: Info,
        given: Annotated[ApplyConfigurationInput, strawberry.argument(name="input", description="The command.")],
    ) -> ApplyConfigurationResult:
        """Apply, and say what came of it."""
        return await answered_request(_apply(info, given))


async def _apply(info: Info, given: ApplyConfigurationInput) -> ConfigurationApplied | PlanProblem:
    if not 0 <= given.roll_out_percent <= WHOLE:
        message = f"`rollOutPercent` is {given.roll_out_percent}; expected 0 to {WHOLE}"
        raise errors.InvalidInput(message, path="rollOutPercent")
    terms = Terms(RollOut(given.roll_out_percent), given.reason, given.same_accounts)
    digest = plan_of(given.plan_id, "planId")
    return await answered_plan(info, digest, _applied(info, digest, terms))


async def _applied(info: Info, digest: str, terms: Terms) -> ConfigurationApplied:
    return await _shown(info, await info.context.change(apply, digest, terms))


async def _shown(info: Info, applied: Applied) -> ConfigurationApplied:
    kept = await info.context.loaders.plans.load(applied.plan)
    assert kept is not None
    return ConfigurationApplied(
        plan=ConfigurationPlan(kept=kept),
        segments=[Segment.of(view) for view in await info.context.call(list_segments)],
        changed=list(applied.changed),
        migration=Migration.of(applied.roll_out),
    )
