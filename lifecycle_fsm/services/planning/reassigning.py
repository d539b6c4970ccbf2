"""Accounts that other rules of assignment would take to another segment."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.planning.draft import Versions, route
from lifecycle_fsm.services.planning.examine import examine_newcomer
from lifecycle_fsm.services.planning.survey import Ground, examine_ids, known
from lifecycle_fsm.services.planning.tally import Counter, Tally
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.store.population import Taken, find_taken

Origin = tuple[str, str]
"""The version that accounts leave, and the segment that they go to."""


@dataclass(frozen=True, slots=True)
class Reassigned:
    """
    Who goes where: accounts by origin, those that leave each group, and those that no rule takes any more.

    `leaving` counts by segment, version and stage.
    """

    going: Mapping[Origin, list[Taken]] = field(default_factory=dict)
    leaving: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    ids: frozenset[UUID] = frozenset()
    left: Counter = field(default_factory=Counter)


def find_reassigned(ground: Ground, versions: Versions) -> Reassigned:
    """Find the accounts that the draft gives to another segment than their own, and the rules they follow do not."""
    if not versions.reassigns:
        return Reassigned()
    going: dict[Origin, list[Taken]] = defaultdict(list)
    leaving: dict[tuple[str, str, str], int] = defaultdict(int)
    left = Counter()
    after = list(versions.after.values())
    for taken in find_taken(ground.connection, versions.followed, after, ground.layout, to_ms(ground.as_of)):
        if taken.taken_by is None:
            left.add(taken.account_id)
        elif taken.taken_by != taken.segment:
            going[taken.machine, taken.taken_by].append(taken)
            leaving[taken.segment, taken.machine, taken.stage] += 1
    ids = frozenset(taken.account_id for bucket in going.values() for taken in bucket)
    return Reassigned(going, leaving, ids, left)


def tally_arrivals(
    ground: Ground,
    versions: Versions,
    reassigned: Reassigned,
    machines: Mapping[str, Machine],
    tallies: Mapping[str, Tally],
) -> None:
    """Count arrivals in the segments that accounts go to, with what then happens to them."""
    for (digest, segment), bucket in reassigned.going.items():
        tally = tallies[segment]
        if digest == UNASSIGNED:
            _tally_newcomers(ground, versions.after[segment], bucket, tally)
            continue
        way = route(versions, machines[digest], segment)
        for taken in bucket:
            landing = way.landings.get(taken.stage)
            arrival = (taken.segment, taken.stage, None if landing is None else landing.stage)
            tally.arrivals[arrival].add(taken.account_id)
        for effect in examine_ids(ground, way, (taken.account_id for taken in bucket)):
            tally.add(effect)


def _tally_newcomers(ground: Ground, machine: Machine, bucket: list[Taken], tally: Tally) -> None:
    for lifecycle, facts in known(ground, [taken.account_id for taken in bucket], (machine,)):
        effect = examine_newcomer(machine, lifecycle, facts, ground.as_of)
        tally.arrivals[UNASSIGNED, UNASSIGNED, effect.landed].add(lifecycle.account_id)
        tally.add(effect)
