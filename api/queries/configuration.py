"""Queries of drafts: what is wrong with definitions that are not published, and what they would have done."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.types.check import ConfigurationCheck
from api.types.files import ConfigurationFileInput, PublishedFile, files_of
from api.types.plan_problems import InvalidConfiguration
from api.types.simulation import PeriodInput, Simulation
from lifecycle_fsm.services.configure import check_configuration, published_files
from lifecycle_fsm.services.publish import NotPublished
from lifecycle_fsm.services.simulate import simulate

Files = Annotated[list[ConfigurationFileInput], strawberry.argument(description="The files of the folder; 1 to 100.")]

During = Annotated[PeriodInput, strawberry.argument(description="The period to replay.")]

SimulateConfigurationResult = Annotated[
    Union[Simulation, InvalidConfiguration],  # noqa: UP007 # strawberry names a union by its annotation
    strawberry.union("SimulateConfigurationResult", description="What became of a replay."),
]


@strawberry.type
class ConfigurationQueries:
    """Fields of the query root."""

    @resolved(
        "The definitions in use as a folder to edit, the catalog first, then segments by rank; at most 101 files, none "
        "before the first publication. Needs the capability READ."
    )
    async def published_configuration(self, info: Info) -> list[PublishedFile]:
        """What is in use."""
        files = await info.context.call(published_files)
        return [PublishedFile(name=name, content=content) for name, content in files.items()]

    @resolved("Check a folder of definitions without storing anything. Needs the capability READ.")
    async def check_configuration(self, info: Info, files: Files) -> ConfigurationCheck:
        """Check a draft."""
        return ConfigurationCheck.of(await info.context.call(check_configuration, files_of(files, "files")))

    @resolved(
        "Replay a period of the past under a folder of definitions: people do what they did, data and time what the "
        "draft says. Nothing is changed. Takes time on many accounts. Needs the capability PUBLISH."
    )
    async def simulate_configuration(self, info: Info, files: Files, period: During) -> SimulateConfigurationResult:
        """Replay a draft."""
        found = await info.context.call(simulate, files_of(files, "files"), period.to_domain())
        if isinstance(found, NotPublished):
            return InvalidConfiguration.of(found.diagnostics)
        return Simulation.of(found)
