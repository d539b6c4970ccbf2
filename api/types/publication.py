"""Publications: which rules came into force when, by whom, and for which accounts."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.context import Info
from api.ids import global_id
from api.resolvers import resolved
from api.types.machine import Machine
from api.types.migration import Migration
from api.types.node import Node
from lifecycle_fsm.services.planning.rollout import roll_out_of
from lifecycle_fsm.services.vocabulary import Publication as Made

if TYPE_CHECKING:
    from api.types.plan import ConfigurationPlan


@strawberry.type(description="The version of the rules that a segment uses.")
class SegmentVersion:
    """A segment and a digest."""

    segment: str = strawberry.field(description="The segment's key; at most 100 characters.")
    digest: str = strawberry.field(description="The version's digest, 64 hexadecimal digits.")

    @resolved("The rules; null where they were never published.")
    async def machine(self, info: Info) -> Machine | None:
        """Load the rules."""
        rules = await info.context.loaders.machines.load(self.digest)
        return None if rules is None else Machine(rules=rules)


def versions_shown(digests: Mapping[str, str]) -> list[SegmentVersion]:
    """Show the versions of segments, by segment."""
    return [SegmentVersion(segment=segment, digest=digest) for segment, digest in sorted(digests.items())]


@strawberry.type(description="Definitions that came into force. It never changes.")
class Publication(Node):
    """A publication."""

    made: strawberry.Private[Made]

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The node id."""
        return strawberry.ID(global_id("Publication", self.made.id))

    @resolved("When the definitions came into force.")
    def published_at(self) -> datetime:
        """When."""
        return self.made.published_at

    @resolved("Who published them; at most 200 characters.")
    def published_by(self) -> str:
        """Who."""
        return self.made.published_by

    @resolved("Why, in the publisher's words; null where nothing was said. At most 500 characters.")
    def reason(self) -> str | None:
        """Why."""
        return self.made.reason

    @resolved("The share of existing accounts that go over, in percent: 100 for all, 0 for new accounts only.")
    def roll_out_percent(self) -> int:
        """For whom."""
        return roll_out_of(self.made.roll_out).percent

    @resolved("How far existing accounts have gone over to these definitions.")
    async def migration(self, info: Info) -> Migration:
        """Load the progress."""
        return Migration.of(await info.context.loaders.roll_outs.load(self.made.id))

    @resolved("The version that each segment has used since, by segment; at most 100.")
    def machines(self) -> list[SegmentVersion]:
        """What came into force."""
        return versions_shown(self.made.machines)

    @resolved("The digest of the catalog, 64 hexadecimal digits.")
    def catalog_digest(self) -> str:
        """Which vocabulary came into force."""
        return self.made.catalog

    @resolved("The plan that was shown before; null where it was published without one.")
    async def plan(self, info: Info) -> Annotated["ConfigurationPlan", strawberry.lazy("api.types.plan")] | None:
        """Load the plan."""
        from api.types.plan import ConfigurationPlan  # noqa: PLC0415 # a plan shows its publications, too

        kept = None if self.made.plan is None else await info.context.loaders.plans.load(self.made.plan)
        return None if kept is None else ConfigurationPlan(kept=kept)
