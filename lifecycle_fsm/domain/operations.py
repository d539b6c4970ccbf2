"""What runs by itself, as people see it: workers, jobs, and what waits."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobName(StrEnum):
    """What runs by itself."""

    EVALUATE = "evaluate"
    """Accounts that are marked, and those whose deadline has passed."""
    SWEEP = "sweep"
    """Every account, decided on set-wise."""
    ASKED = "asked"
    """Sweeps and back-fills that people asked for."""
    DELIVER = "deliver"
    """Notifications to their channels."""
    ROLL_OUT = "roll_out"
    """Publications that are still to reach accounts."""
    SEAL = "seal"
    """The log over all history grows, and is signed."""
    VERIFY = "verify"
    """Verifications of history that people asked for."""
    COUNT = "count"
    """Counts of accounts by stage are added up, and once a day held to the accounts."""
    RETAIN = "retain"
    """Finished work that is older than it has to be is deleted."""


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A process that works in the background; one that is not `alive` has been silent for too long."""

    name: str
    version: str
    started_at: datetime
    seen_at: datetime
    alive: bool = True


@dataclass(frozen=True, slots=True)
class JobRun:
    """
    The last run of a job, whichever shard it was for.

    `tick_at` is when its schedule had it due. Without `finished_at` it goes on, or its
    worker died; `error` is the code or kind of what stopped it, never a value.
    """

    job: JobName
    schedule: str
    tick_at: datetime
    worker: str
    started_at: datetime
    finished_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """
    Accounts that wait for an evaluation.

    `marked` were changed or imported, `due` have a deadline that has passed. `oldest_at`
    is the instant since which the longest of them has waited, None where none waits.
    """

    marked: int
    due: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadOnlyMode:
    """Since when the store takes no changes, who closed it, and why."""

    since: datetime
    begun_by: str
    reason: str
