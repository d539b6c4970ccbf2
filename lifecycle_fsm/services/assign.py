"""Accounts put into segments: by the first rule that takes them, or by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.engine.begin import Start, begin
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.engine.taking import first_that_takes
from lifecycle_fsm.services.reading import Reading
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.machines import load_segments


@dataclass(frozen=True, slots=True)
class Assigned:
    """An account that a segment takes: as it is read from now on, and the step that puts it there."""

    reading: Reading
    step: Step


def offer(world: World, connection: Connection, readings: Iterable[Reading], as_of: datetime) -> dict[UUID, Assigned]:
    """Offer the accounts without a segment to the segments by rank; give those that are taken, writing nothing."""
    waiting = [reading for reading in readings if reading.machine is None]
    if not waiting:
        return {}
    machines = current_machines(world, connection)
    found = [(reading, first_that_takes(machines, reading.facts.values, as_of)) for reading in waiting]
    return {
        reading.lifecycle.account_id: _assigned(reading, machine, as_of)
        for reading, machine in found
        if machine is not None
    }


def current_machines(world: World, connection: Connection) -> tuple[Machine, ...]:
    """The machines that segments use now, in the order in which they are asked."""
    segments = load_segments(connection)
    machines = world.shelf.machines(connection, [segment.machine for segment in segments])
    return tuple(machines[segment.machine] for segment in segments)


def _assigned(reading: Reading, machine: Machine, as_of: datetime) -> Assigned:
    lifecycle = reading.lifecycle
    wanted = None if lifecycle.stage == UNASSIGNED else lifecycle.stage
    start = Start(lifecycle.account_id, lifecycle.csm, lifecycle.entered_at, wanted)
    before = replace(lifecycle, rules=reading.rules.newest)
    return Assigned(replace(reading, machine=machine), begin(machine, start, as_of, before, reading.facts))
