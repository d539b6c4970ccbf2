"""Expected milestones: when they are due, and what is done once when one is missed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from lifecycle_fsm.domain.calendars import BusinessDays, Span, after
from lifecycle_fsm.domain.fields import STAGE_ENTERED_AT, FieldKind, Value, fact_field
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.milestones import Compliance, Standing, standing_of
from lifecycle_fsm.domain.moments import DAY_MS, from_ms, to_ms
from lifecycle_fsm.domain.zones import UTC_ZONE, Clock
from lifecycle_fsm.engine.machine import ExpectedMilestone, Machine
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.engine.perform import perform
from lifecycle_fsm.engine.situation import Situation

LOCAL_SHIFT, DUE_SHIFT = "zone.start_shift", "zone.due_shift"
"""Among the inputs of a missed milestone: how far clocks were ahead when its time began, and when it ended."""


@dataclass(slots=True)
class Noting:
    """Clocks that remember how far ahead of UTC they were when they were last asked, each way."""

    clock: Clock
    shifts: dict[str, Value] = field(default_factory=dict)

    def local(self, instant_ms: int) -> int:
        """See `Clock`."""
        shown = self.clock.local(instant_ms)
        self.shifts[LOCAL_SHIFT] = shown - instant_ms
        return shown

    def instant(self, local_ms: int) -> int:
        """See `Clock`."""
        instant = self.clock.instant(local_ms)
        self.shifts[DUE_SHIFT] = local_ms - instant
        return instant


@dataclass(frozen=True, slots=True)
class Noted:
    """Clocks as a row remembers them, so that a due date is found again without a tz database."""

    inputs: Mapping[str, Value]

    def local(self, instant_ms: int) -> int:
        """See `Clock`."""
        return instant_ms + self._shift(LOCAL_SHIFT)

    def instant(self, local_ms: int) -> int:
        """See `Clock`."""
        return local_ms - self._shift(DUE_SHIFT)

    def _shift(self, key: str) -> int:
        shift = self.inputs.get(key)
        return shift if isinstance(shift, int) else 0


def due_at(
    machine: Machine, expected: ExpectedMilestone, row: Mapping[str, Value], clock: Clock = UTC_ZONE
) -> datetime | None:
    """
    The last instant that is in time, None while the date that it counts from is not known.

    Whole days after a date end with the last of them, where the account is; after an
    instant they end at its time of day.
    """
    if expected.of is None:
        start, is_day = row.get(STAGE_ENTERED_AT.key), False
    else:
        is_day = machine.catalog.facts[expected.of].kind is FieldKind.DAY
        start = row.get(fact_field(expected.of, FieldKind.DAY).key)
    if not isinstance(start, int):
        return None
    if not is_day:
        return after(machine.workdays, from_ms(start), expected.within, clock)
    if not _has_whole_days(expected.within):
        return after(machine.workdays, from_ms(clock.instant(start * DAY_MS)), expected.within)
    last = to_ms(after(machine.workdays, from_ms(start * DAY_MS), expected.within))
    return from_ms(clock.instant(last + DAY_MS) - 1)


def standings(machine: Machine, lifecycle: Lifecycle, row: Mapping[str, Value], as_of: datetime) -> Iterator[Standing]:
    """How each milestone that the present stage expects stands, in the order of the text."""
    clock = machine.zone(row)
    for expected in machine.stages[lifecycle.stage].milestones:
        reached_at = lifecycle.milestones.get(expected.milestone)
        due = due_at(machine, expected, _counted(machine, expected, lifecycle, row, as_of), clock)
        yield standing_of(expected.milestone, due, reached_at, as_of)


def note_missed(situation: Situation, cause: Cause) -> Situation:
    """Carry out what is to be done for each milestone that is missed, once for each due date of a visit."""
    for expected in situation.stage.milestones:
        lifecycle, clock = situation.lifecycle, Noting(situation.zone)
        due = due_at(situation.machine, expected, _row_for(situation, expected), clock)
        standing = standing_of(expected.milestone, due, lifecycle.milestones.get(expected.milestone), situation.as_of)
        if standing.compliance is Compliance.MISSED and lifecycle.missed.get(expected.milestone) != due:
            assert due is not None
            shifts = {} if situation.machine.time_zone is None else clock.shifts
            situation = situation.after(_missing(situation, expected, due, shifts, cause))
    return situation


def misses(situation: Situation) -> Iterator[int]:
    """The instants at which milestones that are pending become missed."""
    for expected in situation.stage.milestones:
        if expected.milestone in situation.lifecycle.milestones:
            continue
        due = due_at(situation.machine, expected, _row_for(situation, expected), situation.zone)
        moves_on = expected.of is None and situation.lifecycle.stands_still(situation.as_of)
        if due is not None and not moves_on:
            yield to_ms(due) + 1


def _missing(
    situation: Situation, expected: ExpectedMilestone, due: datetime, shifts: Mapping[str, Value], cause: Cause
) -> Step:
    lifecycle = situation.lifecycle
    missed = {**lifecycle.missed, expected.milestone: due}
    noted = replace(lifecycle, revision=lifecycle.revision + 1, missed=missed)
    performed = perform(situation.machine, noted, expected.on_missed, situation.as_of, facts=situation.facts)
    return Step(
        kind=RecordKind.MILESTONE_MISSED,
        cause=cause,
        from_stage=lifecycle.stage,
        lifecycle=performed.lifecycle,
        effective_at=situation.as_of,
        subject=expected.milestone,
        done=performed.done,
        inputs={**_row_for(situation, expected), **shifts},
    )


def _row_for(situation: Situation, expected: ExpectedMilestone) -> Mapping[str, Value]:
    if situation.lifecycle.pause is None and not situation.lifecycle.paused_ms:
        return situation.row
    return _counted(situation.machine, expected, situation.lifecycle, situation.row, situation.as_of)


def _counted(
    machine: Machine, expected: ExpectedMilestone, lifecycle: Lifecycle, row: Mapping[str, Value], as_of: datetime
) -> Mapping[str, Value]:
    """
    The row with the date that the milestone's time counts from.

    That is the entry of the stage, moved by the pauses that began before the milestone was due.
    """
    start, clock = to_ms(lifecycle.entered_at), machine.zone(row)
    counted = {**row, STAGE_ENTERED_AT.key: start}
    for stop in lifecycle.all_stops(as_of) if expected.of is None else ():
        due = due_at(machine, expected, counted, clock)
        if due is not None and stop.since <= due:
            start += stop.length_ms
            counted = {**row, STAGE_ENTERED_AT.key: start}
    return counted


def _has_whole_days(span: Span) -> bool:
    return isinstance(span, BusinessDays) or span % DAY_MS == 0
