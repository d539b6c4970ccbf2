"""What a plan says about one segment."""

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.types.machine import Machine
from api.types.meaning import MeaningDiff
from api.types.part import PartDiffShown
from api.types.population import ArrivalImpact, DeedImpact, ExitImpact, MoveImpact, StageImpact
from lifecycle_fsm.services.planning.content import SegmentChange
from lifecycle_fsm.services.planning.content import SegmentPlan as Content


@strawberry.type(description="Everything that a plan says about one segment.")
class SegmentPlan:
    """A segment before and after."""

    content: strawberry.Private[Content]

    @resolved("The segment's key; at most 100 characters.")
    def segment(self) -> str:
        """Which segment it is about."""
        return self.content.segment

    @resolved("The segment's name for people; at most 200 characters.")
    def title(self) -> str:
        """What people call it."""
        return self.content.title

    @resolved("What becomes of it.")
    def change(self) -> SegmentChange:
        """Added, removed, changed or not."""
        return self.content.change

    @resolved("The digest of the version in use, 64 hexadecimal digits; null for a new segment.")
    def before_digest(self) -> str | None:
        """The version in use."""
        return self.content.before

    @resolved("The digest of the version that would be used, 64 hexadecimal digits; null where it is removed.")
    def after_digest(self) -> str | None:
        """The version of the draft."""
        return self.content.after

    @resolved("The rules in use; null for a new segment.")
    async def before(self, info: Info) -> Machine | None:
        """Load the rules in use."""
        return await _machine(info, self.content.before)

    @resolved("The rules that would be used; null where it is removed, and until they are published.")
    async def after(self, info: Info) -> Machine | None:
        """Load the rules of the draft."""
        return await _machine(info, self.content.after)

    @resolved("How many accounts stand in it and stay in it.")
    def accounts(self) -> int:
        """Its size."""
        return self.content.accounts

    @resolved("The parts of the rules that differ; at most 2,000.")
    def parts(self) -> list[PartDiffShown]:
        """The structural difference."""
        return [PartDiffShown.of(part) for part in self.content.parts]

    @resolved("The conditions that are written differently, and how their meaning changes; at most 1,000.")
    def meanings(self) -> list[MeaningDiff]:
        """The difference in meaning."""
        return [MeaningDiff.of(meaning) for meaning in self.content.meanings]

    @resolved("The stages that have accounts, in the order of the new version, old stages last; at most 1,000.")
    def stages(self) -> list[StageImpact]:
        """What happens to each stage's accounts."""
        return [StageImpact.of(stage) for stage in self.content.stages]

    @resolved("The moves that the new rules make at once, by stage and path; at most 1,000.")
    def moves(self) -> list[MoveImpact]:
        """Who would move."""
        return [MoveImpact.of(move) for move in self.content.moves]

    @resolved("The ways out that close or open for accounts, by stage and transition; at most 1,000.")
    def exits(self) -> list[ExitImpact]:
        """Who would be blocked or unblocked."""
        return [ExitImpact.of(exit_) for exit_ in self.content.exits]

    @resolved("What would happen to CTAs, alerts and paces; at most 1,000.")
    def deeds(self) -> list[DeedImpact]:
        """What else would happen."""
        return [DeedImpact.of(deed) for deed in self.content.deeds]

    @resolved("The accounts that would come from other segments or from none; at most 1,000.")
    def arrivals(self) -> list[ArrivalImpact]:
        """Who would come."""
        return [ArrivalImpact.of(arrival) for arrival in self.content.arrivals]


async def _machine(info: Info, digest: str | None) -> Machine | None:
    rules = None if digest is None else await info.context.loaders.machines.load(digest)
    return None if rules is None else Machine(rules=rules)
