"""How far accounts come: funnels of cohorts, from one date to another, milestones in time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.fields import FieldKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.cohorts import Cohorts
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.reports.behind import asked_of, counted_of
from lifecycle_fsm.services.reports.counting import counting
from lifecycle_fsm.services.reports.standing import revenue_field
from lifecycle_fsm.services.reports.visits import Grouping, group_of, machines_of, moves_of
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.reports.achieved import Achieved, count_milestone
from lifecycle_fsm.store.reports.asked import LONGEST_DAYS
from lifecycle_fsm.store.reports.cohorts import count_cohorts
from lifecycle_fsm.store.reports.positions import Passage, count_passages

__all__ = ["Cohorts", "Passage"]


@dataclass(frozen=True, slots=True)
class Beginners:
    """Say what a cohort is: so many accounts begin by a stage, by a fact that is a date, or by their first stage."""

    cohorts: Cohorts
    days: int
    stage: str | None = None
    fact: str | None = None

    def parameters(self) -> dict[str, str]:
        """What the rows of the cohort are asked."""
        chosen = {"days": str(self.days), "from": self.stage, "start": self.fact}
        return {key: value for key, value in chosen.items() if value is not None}


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """Of a cohort, `reached` entered the stage ever, `within` are judged and did so in time."""

    stage: str
    reached: int
    within: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """The accounts of a segment that began together; `judged` have had the days, the others are too young."""

    segment: str
    label: str
    accounts: int
    judged: int
    stages: tuple[FunnelStage, ...]


@dataclass(frozen=True, slots=True)
class MilestoneShare:
    """Accounts of one group by when they reached a milestone; `pending` have not had the days yet."""

    group: str | None
    in_time: int
    late: int
    pending: int
    reached: int


@dataclass(frozen=True, slots=True)
class HealthyMoves:
    """Moves of one group, how many of them `with_health`, and how many of these while healthy."""

    group: str | None
    moves: int
    with_health: int
    healthy: int


def funnel(world: World, actor: Actor, scope: ReportScope, who: Beginners) -> tuple[Cohort, ...]:
    """
    How far the cohorts that began in the period came, by segment and cohort, stages in the order of the machine.

    Raises:
        InvalidInput: the days are out of bounds, both a stage and a fact are given, the fact is
            no date, or the period is empty.
    """
    require(actor, Capability.READ)
    with counting(world) as connection:
        _check(who, world.shelf.catalog(connection))
        asked = asked_of(connection, actor, scope, who.parameters())
        began, reached = count_cohorts(connection, asked)
        order = {machine.segment: list(machine.stages) for machine in machines_of(world, connection, scope)}
    cohorts: dict[tuple[str, str], list[int]] = {}
    for each in began:
        sums = cohorts.setdefault((each.segment, who.cohorts.label(each.began_on)), [0, 0])
        sums[0], sums[1] = sums[0] + each.accounts, sums[1] + each.judged
    steps: dict[tuple[str, str], dict[str, list[int]]] = {}
    for found in reached:
        stages = steps.setdefault((found.segment, who.cohorts.label(found.began_on)), {})
        counts = stages.setdefault(found.stage, [0, 0])
        counts[0], counts[1] = counts[0] + found.accounts, counts[1] + found.within
    return tuple(
        Cohort(*key, sums[0], sums[1], _in_order(steps.get(key, {}), order.get(key[0], [])))
        for key, sums in sorted(cohorts.items())
    )


def stage_matrix(
    world: World, actor: Actor, scope: ReportScope, since: datetime, revenue: str | None = None
) -> tuple[Passage, ...]:
    """
    Where accounts stood at `since` and at the scope's date, with their revenue as it is known today.

    Raises:
        InvalidInput: `since` is not before the date, or the fact named for revenue is none.
    """
    require(actor, Capability.READ)
    asked_since(scope, since)
    with counting(world) as connection:
        field = revenue_field(world.shelf.catalog(connection), revenue)
        asked = counted_of(connection, actor, scope, {"since": str(to_ms(since))})
        return count_passages(connection, asked, field)


def milestone_in_time(
    world: World, actor: Actor, scope: ReportScope, milestone: str, who: Beginners, by: Grouping
) -> tuple[MilestoneShare, ...]:
    """
    Which accounts that began in the period reached a milestone within so many days, group by group, sorted.

    Raises:
        InvalidInput: there is no such milestone, or what `funnel` refuses.
    """
    require(actor, Capability.READ)
    with counting(world) as connection:
        catalog = world.shelf.catalog(connection)
        _check(who, catalog)
        if milestone not in catalog.milestones:
            raise InvalidInput(f"there is no milestone {milestone!r} in the published catalog", path="milestone")
        asked = counted_of(connection, actor, scope, {**who.parameters(), "milestone": milestone})
        counted = count_milestone(connection, asked, by_csm=by is Grouping.CSM)
    groups: dict[str | None, list[Achieved]] = {}
    for each in counted:
        groups.setdefault(group_of(each, by), []).append(each)
    return tuple(_share(group, groups[group]) for group in _sorted(groups))


def healthy_moves(world: World, actor: Actor, scope: ReportScope, by: Grouping) -> tuple[HealthyMoves, ...]:
    """
    The moves that were made in the period, and how many while healthy, group by group, sorted.

    Raises:
        InvalidInput: the period is empty.
    """
    require(actor, Capability.READ)
    groups: dict[str | None, list[int]] = {}
    for each in moves_of(world, actor, scope, by_csm=by is Grouping.CSM):
        sums = groups.setdefault(group_of(each, by), [0, 0, 0])
        for place, number in enumerate((each.moves, each.with_health, each.healthy)):
            sums[place] += number
    return tuple(HealthyMoves(group, *groups[group]) for group in _sorted(groups))


def asked_since(scope: ReportScope, since: datetime) -> None:
    """
    Demand that a date lies before that of the scope.

    Raises:
        InvalidInput: it does not.
    """
    if since >= scope.as_of:
        raise InvalidInput("`since` is not before `asOf`; expected an earlier instant", path="since")


def _check(who: Beginners, catalog: Catalog) -> None:
    if not 0 < who.days <= LONGEST_DAYS:
        raise InvalidInput(f"`withinDays` is {who.days}; expected 1 to {LONGEST_DAYS}", path="withinDays")
    if who.stage is not None and who.fact is not None:
        raise InvalidInput("accounts begin by a stage or by a fact; give one of them", path="startFact")
    spec = None if who.fact is None else catalog.facts.get(who.fact)
    if who.fact is not None and (spec is None or spec.kind is not FieldKind.DAY):
        raise InvalidInput(f"{who.fact!r} is no fact that is a date", path="startFact")


def _in_order(found: Mapping[str, list[int]], order: list[str]) -> tuple[FunnelStage, ...]:
    known = {stage: place for place, stage in enumerate(order)}
    return tuple(
        FunnelStage(stage, *found[stage]) for stage in sorted(found, key=lambda key: (known.get(key, len(known)), key))
    )


def _share(group: str | None, found: Iterable[Achieved]) -> MilestoneShare:
    counts = {"in_time": 0, "late": 0, "pending": 0}
    reached = 0
    for each in found:
        counts[each.outcome] += each.accounts
        reached += each.accounts if each.is_reached else 0
    return MilestoneShare(group, counts["in_time"], counts["late"], counts["pending"], reached)


def _sorted(groups: Iterable[str | None]) -> list[str | None]:
    return sorted(groups, key=lambda key: (key is None, key or ""))
