"""Queries of drafts: what is wrong with definitions that are not published."""

from typing import Annotated

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.types.check import ConfigurationCheck
from api.types.files import ConfigurationFileInput, files_of
from lifecycle_fsm.services.configure import check_configuration

Files = Annotated[list[ConfigurationFileInput], strawberry.argument(description="The files of the folder; 1 to 100.")]


@strawberry.type
class ConfigurationQueries:
    """Fields of the query root."""

    @resolved("Check a folder of definitions without storing anything. Needs the capability READ.")
    async def check_configuration(self, info: Info, files: Files) -> ConfigurationCheck:
        """Check a draft."""
        return ConfigurationCheck.of(await info.context.call(check_configuration, files_of(files, "files")))
