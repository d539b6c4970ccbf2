"""Accounts that stay in a segment although no rule gives them to it any more: to be seen, and put right by hand."""

from collections.abc import Mapping

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.planning.content import Accounts
from lifecycle_fsm.services.planning.tally import Counter
from lifecycle_fsm.services.segment_rules import UNASSIGNED, load_rules
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.adrift import find_adrift
from lifecycle_fsm.store.candidates import count_by_machine
from lifecycle_fsm.store.layout import load_layout

__all__ = ["Accounts", "accounts_adrift"]


def accounts_adrift(world: World, actor: Actor) -> Mapping[str, Accounts]:
    """
    Count the accounts of each segment that no rule takes, or only one in whose segment their stage leads nowhere.

    Those that a person put there are none of them. Segments without any are absent.

    Raises:
        Forbidden: the actor may not read.
    """
    require(actor, Capability.READ)
    found: dict[str, Counter] = {}
    with world.database.reading() as connection:
        digests = count_by_machine(connection, ()).keys() - {UNASSIGNED}
        stages: dict[str, set[str]] = {}
        for machine in world.shelf.machines(connection, digests).values():
            stages.setdefault(machine.segment, set()).update(machine.stages)
        ranked = load_rules(world, connection).base
        for segment, account_id in find_adrift(
            connection, ranked, stages, load_layout(connection), to_ms(world.clock()), actor.portfolio
        ):
            found.setdefault(segment, Counter()).add(account_id)
    return {segment: counter.accounts() for segment, counter in found.items()}
