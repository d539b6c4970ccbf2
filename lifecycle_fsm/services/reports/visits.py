"""How accounts go through stages: how long, where to, in time or not, and which rules never fire."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.calendars import Span
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.reports.cohorts import Cohorts
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.reports.survival import Step, spells, survival
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.reports.counting import counting
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.machines import load_segments
from lifecycle_fsm.store.reports.asked import LONGEST_DAYS
from lifecycle_fsm.store.reports.compliance import InTime, Key, count_in_time
from lifecycle_fsm.store.reports.durations import count_durations
from lifecycle_fsm.store.reports.fired import count_alerts
from lifecycle_fsm.store.reports.moves import MoveCount, MovedOn, count_moves, count_moves_by_day

__all__ = ["MoveCount"]


class Grouping(StrEnum):
    """By what compliance is broken down."""

    SEGMENT = "segment"
    CSM = "csm"
    QUARTER = "quarter"
    MONTH = "month"


_KEYS: Mapping[Grouping, Key] = {Grouping.SEGMENT: "segment", Grouping.CSM: "csm"}
"""By what visits are counted to be broken down; months and quarters are made from days."""


class Dated(Protocol):
    """What can be broken down: it has a segment, a CSM, and a day since 1970."""

    @property
    def segment(self) -> str:
        """The segment's key."""

    @property
    def csm(self) -> str | None:
        """The CSM's id."""

    @property
    def began_on(self) -> int:
        """The day."""


class RuleKind(StrEnum):
    """What kind of rule may fire."""

    TRANSITION = "transition"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class StageTimes:
    """
    Say how long visits to a stage last.

    `completed` of the visits are over, `running` were not at the date; `expected` and
    `stuck` are the limits of the segment's current rules, None for none.
    """

    segment: str
    stage: str
    completed: int
    running: int
    curve: tuple[Step, ...]
    expected: Span | None
    stuck: Span | None


@dataclass(frozen=True, slots=True)
class Compliance:
    """Visits of one group: ended by a move in time, not in time, or too young to say."""

    group: str | None
    in_time: int
    late: int
    pending: int


@dataclass(frozen=True, slots=True)
class Fired:
    """
    How often a rule of a segment's current machine fired in the period.

    `key` is `stage.transition` or an alert's; `title` has the titles of the stages that a transition connects.
    """

    segment: str
    kind: RuleKind
    key: str
    title: str
    fired: int


def time_in_stage(world: World, actor: Actor, scope: ReportScope) -> tuple[StageTimes, ...]:
    """
    How long visits that began in the period last, by segment and stage, in the order of the machine.

    Raises:
        InvalidInput: the period is empty.
    """
    require(actor, Capability.READ)
    with counting(world) as connection:
        counted = count_durations(connection, scope.checked(), actor.portfolio)
        machines = machines_of(world, connection, scope)
    return tuple(
        StageTimes(
            segment=machine.segment,
            stage=stage.key,
            completed=sum(number for (_, ended), number in counts.items() if ended),
            running=sum(number for (_, ended), number in counts.items() if not ended),
            curve=survival(spells(counts)),
            expected=stage.expected,
            stuck=stage.stuck,
        )
        for machine in machines
        for stage in machine.stages.values()
        if (counts := counted.get((machine.segment, stage.key))) is not None
    )


def moves_made(world: World, actor: Actor, scope: ReportScope) -> tuple[MoveCount, ...]:
    """
    The stages that were left in the period, where to and by what, with how many accounts were healthy then.

    Raises:
        InvalidInput: the period is empty.
    """
    require(actor, Capability.READ)
    with counting(world) as connection:
        return count_moves(connection, scope.checked(), actor.portfolio)


def moves_of(world: World, actor: Actor, scope: ReportScope, *, by_csm: bool) -> tuple[MovedOn, ...]:
    """
    The moves of the period by segment and day, and by CSM where that is asked for.

    Raises:
        InvalidInput: the period is empty.
    """
    with counting(world) as connection:
        return count_moves_by_day(connection, scope.checked(), actor.portfolio, by_csm=by_csm)


def stage_compliance(
    world: World, actor: Actor, scope: ReportScope, stage: str, within_days: int, by: Grouping
) -> tuple[Compliance, ...]:
    """
    Which visits to a stage that began in the period ended by a move within so many days, group by group, sorted.

    Raises:
        InvalidInput: the number of days is out of bounds, or the period is empty.
    """
    require(actor, Capability.READ)
    if not 0 < within_days <= LONGEST_DAYS:
        raise InvalidInput(f"`withinDays` is {within_days}; expected 1 to {LONGEST_DAYS}", path="withinDays")
    with counting(world) as connection:
        counted = count_in_time(
            connection, scope.checked(), actor.portfolio, stage, within_days, _KEYS.get(by, "began_on")
        )
    groups: dict[str | None, list[InTime]] = {}
    for each in counted:
        groups.setdefault(group_of(each, by), []).append(each)
    return tuple(
        _compliance(group, groups[group]) for group in sorted(groups, key=lambda key: (key is None, key or ""))
    )


def rule_coverage(world: World, actor: Actor, scope: ReportScope) -> tuple[Fired, ...]:
    """
    How often each transition and alert of the current machines fired in the period: those with 0 never did.

    Raises:
        InvalidInput: the period is empty.
    """
    require(actor, Capability.READ)
    with counting(world) as connection:
        moves = count_moves(connection, scope.checked(), actor.portfolio)
        alerts = count_alerts(connection, scope, actor.portfolio)
        machines = machines_of(world, connection, scope)
    fired: dict[tuple[str, str], int] = {}
    for each in moves:
        key = each.segment, f"{each.stage}.{each.transition}"
        fired[key] = fired.get(key, 0) + each.moves
    return tuple(found for machine in machines for found in _fired(machine, fired, alerts))


def _fired(
    machine: Machine, moves: Mapping[tuple[str, str], int], alerts: Mapping[tuple[str, str], int]
) -> Iterator[Fired]:
    for each in machine.transitions:
        key = f"{each.source}.{each.key}"
        fired = moves.get((machine.segment, key), 0)
        yield Fired(machine.segment, RuleKind.TRANSITION, key, machine.way(each), fired)
    for alert in machine.alerts:
        fired = alerts.get((machine.segment, alert.key), 0)
        yield Fired(machine.segment, RuleKind.ALERT, alert.key, alert.title, fired)


def _compliance(group: str | None, found: Sequence[InTime]) -> Compliance:
    return Compliance(
        group,
        in_time=sum(each.in_time for each in found),
        late=sum(each.late for each in found),
        pending=sum(each.pending for each in found),
    )


def group_of(each: Dated, by: Grouping) -> str | None:
    match by:
        case Grouping.SEGMENT:
            return each.segment
        case Grouping.CSM:
            return each.csm
        case Grouping.QUARTER:
            return Cohorts.QUARTER.label(each.began_on)
        case Grouping.MONTH:
            return Cohorts.MONTH.label(each.began_on)


def machines_of(world: World, connection: Connection, scope: ReportScope) -> tuple[Machine, ...]:
    """The current machines of the segments that the scope is about, by rank."""
    segments = [each for each in load_segments(connection) if scope.segment in (None, each.segment)]
    found = world.shelf.machines(connection, [each.machine for each in segments])
    return tuple(found[each.machine] for each in segments)
