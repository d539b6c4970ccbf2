"""What runs by itself, as the people who look after it see it."""

from datetime import datetime

import strawberry

from api.types.delivery import ChannelTraffic
from lifecycle_fsm.domain.operations import JobName, JobRun, ReadOnlyMode, WorkerView
from lifecycle_fsm.services.operations import Destination, Traffic
from lifecycle_fsm.services.operations import Operations as Seen

_MOST_NAMES = 100


@strawberry.type(description="A process that does what runs by itself.")
class Worker:
    """A worker."""

    name: str = strawberry.field(description="Its name, the same after a restart; at most 105 characters.")
    version: str = strawberry.field(description="The release that it runs; at most 100 characters.")
    started_at: datetime = strawberry.field(description="When it started.")
    seen_at: datetime = strawberry.field(description="When it was last heard.")
    alive: bool = strawberry.field(description="False when it has been silent for more than 60 seconds.")

    @classmethod
    def of(cls, seen: WorkerView) -> "Worker":
        """Show a worker."""
        return cls(
            name=seen.name, version=seen.version, started_at=seen.started_at, seen_at=seen.seen_at, alive=seen.alive
        )


@strawberry.type(description="The last run of one job.")
class JobReport:
    """What a job last did."""

    job: JobName = strawberry.field(description="Which job.")
    schedule: str = strawberry.field(description="When it runs: a span or a cron line in UTC; at most 200 characters.")
    tick_at: datetime = strawberry.field(description="When the schedule had this run due.")
    worker: str = strawberry.field(description="The worker that ran it; at most 105 characters.")
    started_at: datetime = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it goes on.")
    error: str | None = strawberry.field(
        description="The code of what stopped it, null where nothing did; at most 200 characters. The log has more."
    )

    @classmethod
    def of(cls, run: JobRun) -> "JobReport":
        """Show a run."""
        return cls(
            job=run.job,
            schedule=run.schedule,
            tick_at=run.tick_at,
            worker=run.worker,
            started_at=run.started_at,
            finished_at=run.finished_at,
            error=run.error,
        )


@strawberry.type(description="Why the store takes no changes for now; every mutation fails with the code `read_only`.")
class ReadOnlyState:
    """The store is closed to writers."""

    since: datetime = strawberry.field(description="Since when.")
    begun_by: str = strawberry.field(description="Who closed it; at most 500 characters.")
    reason: str = strawberry.field(description="Why; at most 500 characters.")

    @classmethod
    def of(cls, mode: ReadOnlyMode) -> "ReadOnlyState":
        """Show the mode."""
        return cls(since=mode.since, begun_by=mode.begun_by, reason=mode.reason)


@strawberry.type(description="A place outside of the store that every signed checkpoint is taken to, in order.")
class CheckpointDestination:
    """Where checkpoints go."""

    name: str = strawberry.field(
        description="Its kind (`folder`, `channel` or `store`) and where it is; at most 5,000 characters."
    )
    unshipped: int = strawberry.field(description="How many checkpoints it has not got.")
    lag_seconds: float = strawberry.field(
        description="How long ago the oldest of those was signed, in seconds; 0 where it has them all."
    )
    newest_size: int | None = strawberry.field(
        description="How many rows the newest checkpoint speaks of that it has; null before the first."
    )
    shipped_at: datetime | None = strawberry.field(description="When it got that one.")
    attempts: int = strawberry.field(
        description="How often it failed since it last took one; it is tried again whenever the log is sealed."
    )
    failed_at: datetime | None = strawberry.field(description="When it failed last; null where it did not since then.")
    error: str | None = strawberry.field(description="Why; at most 500 characters.")
    looked_at: datetime | None = strawberry.field(
        description="When what is there was last held to what it was given, once an hour; null where nobody can look."
    )
    altered: int = strawberry.field(
        description="How many checkpoints had another content there than was signed: somebody altered them."
    )
    altered_names: list[str] = strawberry.field(
        description="The names of their files or objects, by size; the first 100, each of at most 100 characters."
    )

    @classmethod
    def of(cls, seen: Destination, at: datetime) -> "CheckpointDestination":
        """Show a place."""
        return cls(
            name=seen.name,
            unshipped=seen.unshipped,
            lag_seconds=0.0 if seen.oldest_at is None else max((at - seen.oldest_at).total_seconds(), 0.0),
            newest_size=seen.newest_size,
            shipped_at=seen.shipped_at,
            attempts=seen.attempts,
            failed_at=seen.failed_at,
            error=seen.reason,
            looked_at=seen.looked_at,
            altered=len(seen.altered),
            altered_names=list(seen.altered[:_MOST_NAMES]),
        )


@strawberry.type(description="What waits, who works on it, and what ran last.")
class Operations:
    """The background at one instant."""

    accounts_marked: int = strawberry.field(
        description="Accounts that were changed or imported and wait for their evaluation."
    )
    accounts_due: int = strawberry.field(description="Accounts whose deadline has passed.")
    lag_seconds: float | None = strawberry.field(
        description="How long the longest of them has waited, in seconds; null where none waits."
    )
    messages_unrouted: int = strawberry.field(
        description="Messages of the outbox that have not been handed to their channels."
    )
    rows_refused: int = strawberry.field(
        description="Rows that came in, were refused, and have not been resolved since; see `ingestErrors`."
    )
    channels: list[ChannelTraffic] = strawberry.field(
        description="What is on its way, by channel; channels without anything are left out. At most 1,000."
    )
    workers: list[Worker] = strawberry.field(description="The workers by name; at most 1,000.")
    jobs: list[JobReport] = strawberry.field(description="The last run of each job that has ever run; at most 100.")
    checkpoint_destinations: list[CheckpointDestination] = strawberry.field(
        description="Where signed checkpoints are taken to, by name; at most 10."
    )
    read_only: ReadOnlyState | None = strawberry.field(
        description="Set while the store takes no changes; reading and subscriptions go on."
    )

    @classmethod
    def of(cls, seen: Seen) -> "Operations":
        """Show the background."""
        return cls(
            accounts_marked=seen.backlog.marked,
            accounts_due=seen.backlog.due,
            lag_seconds=None if seen.lag is None else seen.lag.total_seconds(),
            messages_unrouted=seen.unrouted,
            rows_refused=seen.refused,
            channels=[
                ChannelTraffic(channel=each.channel, waiting=each.waiting, dead=each.dead, lag_seconds=_lag(each, seen))
                for each in seen.traffic
            ],
            workers=[Worker.of(each) for each in seen.workers],
            jobs=[JobReport.of(each) for each in seen.jobs],
            checkpoint_destinations=[CheckpointDestination.of(each, seen.at) for each in seen.destinations],
            read_only=None if seen.read_only is None else ReadOnlyState.of(seen.read_only),
        )


def _lag(traffic: Traffic, seen: Seen) -> float:
    due_at = traffic.oldest_due_at
    return 0.0 if due_at is None else max((seen.at - due_at).total_seconds(), 0.0)
