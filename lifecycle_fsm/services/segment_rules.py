"""The rules that give accounts to segments: those that all accounts follow, and later ones that only some do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.taking import Ranked
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.publications import Publication, load_since_roll_out

UNASSIGNED = "unassigned"
"""The segment, machine and stage of an account that no segment takes."""


@dataclass(frozen=True, slots=True)
class SegmentRules:
    """
    Hold the machines of all segments by rank, as publications put them into force.

    `base` is for every account but those that follow a later publication, which are
    under `later` by its id: it has been rolled out to some accounts, not to all.
    `newest` is what accounts follow that come in now.
    """

    base: Ranked = ()
    later: Mapping[str, Ranked] = field(default_factory=dict)
    newest: str | None = None

    def of(self, lifecycle: Lifecycle) -> Ranked:
        """The rules that an account follows; without a segment, the newest."""
        if lifecycle.segment == UNASSIGNED:
            return self.later[self.newest] if self.newest is not None else self.base
        return self.later.get(lifecycle.rules or "", self.base)

    @property
    def machines(self) -> tuple[Machine, ...]:
        """Every machine that some account may be taken by."""
        found = {machine.digest: machine for ranked in (self.base, *self.later.values()) for machine in ranked}
        return tuple(found.values())


NO_RULES = SegmentRules()


def load_rules(world: World, connection: Connection) -> SegmentRules:
    """The rules of the newest publication that all accounts follow, with those that came after it."""
    made = load_since_roll_out(connection)
    if not made:
        return NO_RULES
    base, *later = made
    newest = later[-1].id.hex if later else None
    return SegmentRules(
        _ranked(world, connection, base), {each.id.hex: _ranked(world, connection, each) for each in later}, newest
    )


def followed_before(world: World, connection: Connection, publication: UUID) -> Ranked:
    """The rules that all accounts followed when a publication was made that they have not all gone over to."""
    made = next((each for each in load_since_roll_out(connection) if each.id != publication), None)
    return () if made is None else _ranked(world, connection, made)


def _ranked(world: World, connection: Connection, made: Publication) -> Ranked:
    machines: Sequence[Machine] = tuple(world.shelf.machines(connection, made.machines.values()).values())
    return tuple(sorted(machines, key=lambda machine: (machine.assignment.rank, machine.segment)))
