"""Segments: groups of accounts that share a machine."""

from datetime import datetime

import strawberry

from api.context import Info
from api.ids import global_id
from api.resolvers import resolved
from api.types.machine import Machine
from api.types.node import Node
from lifecycle_fsm.services.browse import SegmentView
from lifecycle_fsm.services.vocabulary import VersionNote


@strawberry.type(description="One version of a segment's rules.")
class MachineVersion:
    """A version."""

    digest: str = strawberry.field(description="Its name: the SHA-256 of its definition, 64 hexadecimal digits.")
    published_at: datetime = strawberry.field(description="When it was published first.")
    published_by: str = strawberry.field(description="Who published it first; at most 200 characters.")
    is_current: bool = strawberry.field(description="Whether new accounts get it.")

    @resolved("Its rules.")
    async def machine(self, info: Info) -> Machine:
        """Load the rules."""
        rules = await info.context.loaders.machines.load(self.digest)
        assert rules is not None
        return Machine(rules=rules)

    @classmethod
    def of(cls, note: VersionNote, current: str) -> "MachineVersion":
        """Show a version of a segment that uses the current one."""
        return cls(
            digest=note.digest,
            published_at=note.published_at,
            published_by=note.published_by,
            is_current=note.digest == current,
        )


@strawberry.type(description="A group of accounts that share a machine.")
class Segment(Node):
    """A segment."""

    key: str = strawberry.field(description="Names it, for ever; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    rank: int = strawberry.field(description="An account goes to the first segment by rank that takes it.")
    digest: str = strawberry.field(description="The version of the machine that new accounts get.")
    published_at: datetime = strawberry.field(description="When that version was published.")
    published_by: str = strawberry.field(description="Who published it; at most 200 characters.")

    @resolved("Opaque and the same for ever; at most 500 characters.")
    def id(self) -> strawberry.ID:
        """The key's node id."""
        return strawberry.ID(global_id("Segment", self.key))

    @resolved("The machine that new accounts get.")
    async def machine(self, info: Info) -> Machine:
        """Load the published rules."""
        rules = await info.context.loaders.machines.load(self.digest)
        assert rules is not None
        return Machine(rules=rules)

    @resolved("Every version that was ever published, newest first; at most 100. `publications` has all of them.")
    async def versions(self, info: Info) -> list[MachineVersion]:
        """Load the versions."""
        notes = await info.context.loaders.versions.load(self.key)
        return [MachineVersion.of(note, self.digest) for note in notes]

    @classmethod
    def of(cls, view: SegmentView) -> "Segment":
        """Show a segment."""
        return cls(
            key=view.segment,
            title=view.title,
            rank=view.rank,
            digest=view.digest,
            published_at=view.published_at,
            published_by=view.published_by,
        )
