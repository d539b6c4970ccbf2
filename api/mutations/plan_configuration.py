"""Mutation `planConfiguration`: an admin asks what a change of definitions would do."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.mutations.plan_answer import answered_request
from api.resolvers import resolved
from api.types.files import ConfigurationFileInput, files_of
from api.types.plan import ConfigurationPlan
from api.types.plan_problems import InvalidConfiguration
from api.types.problems import Forbidden, InvalidInput
from lifecycle_fsm.domain import errors
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.kept import KeptPlan
from lifecycle_fsm.services.planning.plan import Plan, plan
from lifecycle_fsm.services.publish import NotPublished
from lifecycle_fsm.services.vocabulary import StageClock

MOST_LANDINGS = 1_000
LONGEST_STAGE = 100


@strawberry.input(name="StageLandingInput", description="Where the accounts of an old stage go on.")
class StageLandingInput:
    """An old stage and a new one."""

    source: str = strawberry.field(name="from", description="The key of the old stage; 1 to 100 characters.")
    target: str = strawberry.field(name="to", description="The key of the new stage; 1 to 100 characters.")
    segment: str | None = strawberry.field(
        default=None, description="Only for accounts of this segment; 1 to 100 characters."
    )
    clock: StageClock = strawberry.field(
        default=StageClock.KEEP, description="What becomes of the time that they have spent in the old stage."
    )


@strawberry.input(description="Which definitions to plan with, and what its author chooses.")
class PlanConfigurationInput:
    """A draft and its options."""

    files: list[ConfigurationFileInput] = strawberry.field(
        description="All files of the folder, 1 to 100; a segment without a file would be removed."
    )
    existing: Existing | None = strawberry.field(
        default=None,
        description="What is done with existing accounts. Needed before a plan that touches any can be applied.",
    )
    mapping: list[StageLandingInput] | None = strawberry.field(
        default=None,
        description="Where the accounts of old stages go on, before what the files say; at most 1,000.",
    )
    effects: bool = strawberry.field(
        default=False,
        description="Carry out exit and enter effects for accounts whose stage changes by migrating.",
    )


@strawberry.type(description="The plan was made and kept. Nothing else has changed.")
class ConfigurationPlanned:
    """A new plan."""

    plan: ConfigurationPlan = strawberry.field(description="The plan.")


PlanConfigurationResult = Annotated[
    Union[ConfigurationPlanned, InvalidConfiguration, Forbidden, InvalidInput],  # noqa: UP007 # strawberry names it
    strawberry.union("PlanConfigurationResult", description="What became of a draft."),
]


@strawberry.type
class PlanConfiguration:
    """Field of the mutation root."""

    @resolved(
        "Say what definitions would do to every account, and keep the answer. No account is touched, so that the call "
        "may be repeated. Needs the capability PUBLISH."
    )
    async def plan_configuration(
        self,
        info: Info,
        given: Annotated[PlanConfigurationInput, strawberry.argument(name="input", description="The draft.")],
    ) -> PlanConfigurationResult:
        """Plan, and say what came of it."""
        return await answered_request(_plan(info, given))


async def _plan(info: Info, given: PlanConfigurationInput) -> ConfigurationPlanned | InvalidConfiguration:
    options = Options(given.existing, _mapping(given.mapping or ()), given.effects)
    files = files_of(given.files, "files")
    return _shown(await info.context.change(plan, files, options))


def _shown(outcome: Plan | NotPublished) -> ConfigurationPlanned | InvalidConfiguration:
    match outcome:
        case Plan(digest, content):
            return ConfigurationPlanned(plan=ConfigurationPlan(kept=KeptPlan(digest, content)))
        case NotPublished(diagnostics):
            return InvalidConfiguration.of(diagnostics)
    assert_never(outcome)


def _mapping(landings: Sequence[StageLandingInput]) -> Mapping[str, str]:
    """The landings as services read them: `stage` or `segment.stage` to `stage:clock`."""
    if len(landings) > MOST_LANDINGS:
        message = f"there are {len(landings)} landings; expected at most {MOST_LANDINGS}"
        raise errors.InvalidInput(message, path="mapping")
    mapping: dict[str, str] = {}
    for index, landing in enumerate(landings):
        old = _old(landing, f"mapping.{index}")
        if old in mapping:
            raise errors.InvalidInput(f"{old!r} is given twice; give it once", path=f"mapping.{index}.from")
        mapping[old] = f"{_key(landing.target, f'mapping.{index}.to')}:{landing.clock}"
    return mapping


def _old(landing: StageLandingInput, path: str) -> str:
    stage = _key(landing.source, f"{path}.from")
    return stage if landing.segment is None else f"{_key(landing.segment, f'{path}.segment')}.{stage}"


def _key(text: str, path: str) -> str:
    if not (0 < len(text) <= LONGEST_STAGE and text.isidentifier()):
        message = f"{text[:40]!r} is no key; expected 1 to {LONGEST_STAGE} letters, digits and underscores"
        raise errors.InvalidInput(message, path=path)
    return text
