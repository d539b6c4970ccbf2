"""How the background stands: what waits, since when, who works, and what ran last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.operations import Backlog, JobRun, ReadOnlyMode, WorkerView
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.deliveries import Traffic, load_traffic
from lifecycle_fsm.store.outbox import count_waiting
from lifecycle_fsm.store.read_only import load_read_only
from lifecycle_fsm.store.refused_rows import count_open_refused
from lifecycle_fsm.store.shipments import Destination, load_destinations
from lifecycle_fsm.store.waiting import backlog
from lifecycle_fsm.store.workers import load_job_runs, load_workers

SILENCE = timedelta(seconds=60)
"""A worker that was not heard for so long is shown as dead, whatever it was set to."""


__all__ = ["Destination", "Operations", "Traffic", "view_operations"]


@dataclass(frozen=True, slots=True)
class Operations:
    """
    Hold what people look at when something does not happen; `lag` is how long the longest account has waited.

    `unrouted` messages have not been handed to their channels; `traffic` is what is on its way to each.
    `refused` rows came in, about accounts that the reader may see, and have not been resolved.
    `read_only` says since when the store takes no changes, None where it does. `destinations`
    are the places outside of the store that get signed checkpoints.
    """

    at: datetime
    backlog: Backlog
    lag: timedelta | None
    unrouted: int
    refused: int
    traffic: tuple[Traffic, ...]
    workers: tuple[WorkerView, ...]
    jobs: tuple[JobRun, ...]
    read_only: ReadOnlyMode | None = None
    destinations: tuple[Destination, ...] = ()


def view_operations(world: World, actor: Actor) -> Operations:
    """
    Look at the background; nothing is changed.

    Raises:
        Forbidden: the actor may not read.
    """
    require(actor, Capability.READ)
    now = world.clock()
    with world.database.reading() as connection:
        waiting = backlog(connection, now)
        lag = None if waiting.oldest_at is None else max(now - waiting.oldest_at, timedelta(0))
        return Operations(
            now,
            waiting,
            lag,
            count_waiting(connection),
            count_open_refused(connection, actor.portfolio),
            load_traffic(connection),
            load_workers(connection, now - SILENCE),
            load_job_runs(connection),
            load_read_only(connection) or _by_setting(world, now),
            load_destinations(connection),
        )


def _by_setting(world: World, now: datetime) -> ReadOnlyMode | None:
    """What is said where only this process refuses to write."""
    if not world.database.is_read_only:
        return None
    return ReadOnlyMode(now, "LIFECYCLE_READ_ONLY", "this process only reads")
