"""The accounts of all segments looked at, for one change of definitions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route
from lifecycle_fsm.services.planning.draft import Versions, route
from lifecycle_fsm.services.planning.reassigning import Reassigned, find_reassigned, tally_arrivals
from lifecycle_fsm.services.planning.survey import Ground, survey
from lifecycle_fsm.services.planning.tally import Tally
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.population import Group, count_groups, longest_in_stage

_WATCHED = 100
"""Of how many accounts of a stage it is followed whether they stay, to name some that do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """
    What was found out about the accounts.

    `routes` are the ways of accounts that stay in their segment and get another version
    of it, by segment and version; `tallies` are by segment.
    """

    groups: tuple[Group, ...]
    routes: Mapping[tuple[str, str], Route]
    reassigned: Reassigned
    tallies: Mapping[str, Tally]


def look(world: World, ground: Ground, versions: Versions) -> Seen:
    """Count everything that the draft would do to accounts."""
    groups = count_groups(ground.connection)
    machines = world.shelf.machines(ground.connection, {group.machine for group in groups} - {UNASSIGNED})
    reassigned = find_reassigned(ground, versions)
    tallies: dict[str, Tally] = defaultdict(Tally)
    _watch(ground, groups, reassigned, tallies)
    routes = dict(_routes(groups, machines, versions))
    for (segment, _), way in routes.items():
        survey(ground, way, reassigned.ids, tallies[segment])
    tally_arrivals(ground, versions, reassigned, machines, tallies)
    return Seen(groups, routes, reassigned, tallies)


def _watch(ground: Ground, groups: Sequence[Group], reassigned: Reassigned, tallies: Mapping[str, Tally]) -> None:
    for group in groups:
        ids = longest_in_stage(ground.connection, group, _WATCHED)
        staying = (each for each in ids if each not in reassigned.ids)
        tallies[group.segment].watched[group.machine, group.stage] = dict.fromkeys(staying)


def _routes(
    groups: Sequence[Group], machines: Mapping[str, Machine], versions: Versions
) -> Iterator[tuple[tuple[str, str], Route]]:
    for segment, digest in sorted({(group.segment, group.machine) for group in groups}):
        after = versions.after.get(segment)
        if after is not None and after.digest != digest:
            yield (segment, digest), route(versions, machines[digest], segment)
