"""Plans: what a change of definitions would do, kept as it was shown."""

from collections.abc import Iterator
from datetime import datetime

import strawberry

from api.ids import global_id
from api.resolvers import resolved
from api.types.node import Node
from api.types.population import AffectedAccounts
from api.types.publication import Publication, SegmentVersion, versions_shown
from api.types.segment_plan import SegmentPlan
from lifecycle_fsm.services.planning.content import Existing, Lack, Missing, PlanContent
from lifecycle_fsm.services.planning.draft import landing_of
from lifecycle_fsm.services.planning.kept import KeptPlan
from lifecycle_fsm.services.vocabulary import Approval as Agreed
from lifecycle_fsm.services.vocabulary import StageClock


@strawberry.type(description="Where the accounts of an old stage go on.")
class StageLanding:
    """An old stage and a new one."""

    segment: str | None = strawberry.field(
        description="The key of the segment; null where it holds for all. At most 100 characters."
    )
    source: str = strawberry.field(name="from", description="The key of the old stage; at most 100 characters.")
    target: str = strawberry.field(name="to", description="The key of the new stage; at most 100 characters.")
    clock: StageClock = strawberry.field(description="What becomes of the time that they have spent in the old stage.")
    is_chosen: bool = strawberry.field(
        description="Whether the author of the plan chose it; otherwise the segment's file says so."
    )


@strawberry.type(description="Something without which a plan cannot be applied.")
class PlanLack:
    """What is missing."""

    lack: Lack = strawberry.field(description="What kind of thing is missing.")
    message: str = strawberry.field(description="What to do about it, for people; at most 2,000 characters.")
    segment: str | None = strawberry.field(
        description="The key of the segment it is about; null for all. At most 100 characters."
    )
    stage: str | None = strawberry.field(
        description="The key of the stage it is about; null for none. At most 100 characters."
    )
    accounts: int = strawberry.field(description="How many accounts stand there.")

    @classmethod
    def of(cls, missing: Missing) -> "PlanLack":
        """Show what is missing."""
        return cls(
            lack=missing.lack,
            message=missing.message,
            segment=missing.segment,
            stage=missing.stage,
            accounts=missing.accounts,
        )


@strawberry.type(description="Somebody agreed to a plan.")
class Approval:
    """An approval."""

    approved_by: str = strawberry.field(description="Who agreed; at most 200 characters.")
    approved_at: datetime = strawberry.field(description="When.")
    comment: str | None = strawberry.field(description="What they said about it; at most 500 characters.")

    @classmethod
    def of(cls, agreed: Agreed) -> "Approval":
        """Show an approval."""
        return cls(approved_by=agreed.approved_by, approved_at=agreed.approved_at, comment=agreed.comment)


@strawberry.type(description="What a plan was made on.")
class PlanBase:
    """The definitions and accounts before."""

    machines: list[SegmentVersion] = strawberry.field(
        description="The version that each segment used, by segment; at most 100."
    )
    catalog_digest: str | None = strawberry.field(
        description="The digest of the catalog, 64 hexadecimal digits; null before the first publication."
    )
    accounts: int = strawberry.field(description="How many accounts there were.")

    @classmethod
    def of(cls, content: PlanContent) -> "PlanBase":
        """Show what a plan was made on."""
        base = content.base
        return cls(machines=versions_shown(base.machines), catalog_digest=base.catalog, accounts=base.accounts)


@strawberry.type(description="What a change of definitions would do to rules and accounts. It never changes.")
class ConfigurationPlan(Node):
    """A plan with what became of it."""

    kept: strawberry.Private[KeptPlan]

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The digest's node id."""
        return strawberry.ID(global_id("ConfigurationPlan", self.kept.digest))

    @resolved("The SHA-256 of all that it says, in 64 hexadecimal digits; the command line names it so.")
    def digest(self) -> str:
        """The plan's name."""
        return self.kept.digest

    @resolved("Who made it; at most 200 characters.")
    def planned_by(self) -> str:
        """Who."""
        return self.kept.content.planned_by

    @resolved("The instant at which all of it was so.")
    def as_of(self) -> datetime:
        """When."""
        return self.kept.content.as_of

    @resolved("What is done with existing accounts; null while nobody has said so.")
    def existing(self) -> Existing | None:
        """The choice about existing accounts."""
        return self.kept.content.options.existing

    @resolved("Whether exit and enter effects are carried out for accounts whose stage changes by migrating.")
    def effects(self) -> bool:
        """The choice about effects."""
        return self.kept.content.options.effects

    @resolved("Where old stages go on, as its author or the files say; at most 1,000.")
    def mapping(self) -> list[StageLanding]:
        """The migration mapping."""
        return [*_chosen(self.kept.content), *_written(self.kept.content)]

    @resolved("What it was made on.")
    def base(self) -> PlanBase:
        """The definitions and accounts before."""
        return PlanBase.of(self.kept.content)

    @resolved("The version that each segment would use, by segment; at most 100.")
    def machines(self) -> list[SegmentVersion]:
        """The definitions after."""
        return versions_shown(self.kept.content.machines)

    @resolved("The digest of the catalog that would be used, 64 hexadecimal digits.")
    def catalog_digest(self) -> str:
        """The vocabulary after."""
        return self.kept.content.catalog

    @resolved("What it says about each segment, by rank, removed ones last; at most 200.")
    def segments(self) -> list[SegmentPlan]:
        """The plan, segment by segment."""
        return [SegmentPlan(content=segment) for segment in self.kept.content.segments]

    @resolved("Accounts that a rule takes now and none would any more; they stay where they are.")
    def left(self) -> AffectedAccounts:
        """Who would belong nowhere."""
        return AffectedAccounts.of(self.kept.content.left)

    @resolved("What is missing before it can be applied; at most 1,000.")
    def missing(self) -> list[PlanLack]:
        """What is to be decided."""
        return [PlanLack.of(missing) for missing in self.kept.content.missing]

    @resolved("Whether nothing is missing.")
    def is_complete(self) -> bool:
        """Whether it can be applied."""
        return not self.kept.content.missing

    @resolved("Whether the definitions are those in use already, and all accounts follow them.")
    def changes_nothing(self) -> bool:
        """Whether there is nothing to do."""
        return self.kept.content.changes_nothing

    @resolved("Who agreed to it, oldest first; at most 100.")
    def approvals(self) -> list[Approval]:
        """Who agreed."""
        return [Approval.of(agreed) for agreed in self.kept.approvals]

    @resolved("When it came into force and when its roll-out was widened, oldest first; at most 100.")
    def publications(self) -> list[Publication]:
        """What became of it."""
        return [Publication(made=made) for made in self.kept.publications]


def _chosen(content: PlanContent) -> Iterator[StageLanding]:
    for old, new in content.options.mapping.items():
        segment, dot, stage = old.rpartition(".")
        landing = landing_of(new)
        yield StageLanding(
            segment=segment if dot else None, source=stage, target=landing.stage, clock=landing.clock, is_chosen=True
        )


def _written(content: PlanContent) -> Iterator[StageLanding]:
    for segment, landings in content.migrations.items():
        for stage, landing in landings.items():
            yield StageLanding(
                segment=segment, source=stage, target=landing.stage, clock=landing.clock, is_chosen=False
            )
