"""Heartbeats of workers, and the last run of each job."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.operations import JobName, JobRun, WorkerView
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.raw import dialect_of, hits
from lifecycle_fsm.store.tables.workers import job, worker


def sign_on(connection: Connection, name: str, version: str, now: datetime, silent_since: datetime) -> bool:
    """Take a worker's name; False where another one that is alive has it."""
    at = to_ms(now)
    values: dict[str, str | int | None] = {"version": version, "started_at": at, "seen_at": at}
    taken = connection.execute(
        update(worker).where(worker.c.name == name, worker.c.seen_at < to_ms(silent_since)).values(values)
    )
    if taken.rowcount:
        return True
    if connection.execute(select(worker.c.name).where(worker.c.name == name)).one_or_none() is not None:
        return False
    return _insert(connection, "worker", {"name": name, **values})


def beat(connection: Connection, seen: WorkerView) -> None:
    """Say that a worker is alive; one that was taken for dead signs on again."""
    found = connection.execute(update(worker).where(worker.c.name == seen.name).values(seen_at=to_ms(seen.seen_at)))
    if not found.rowcount:
        started, at = to_ms(seen.started_at), to_ms(seen.seen_at)
        values: dict[str, str | int | None] = {
            "name": seen.name,
            "version": seen.version,
            "started_at": started,
            "seen_at": at,
        }
        _insert(connection, "worker", {"name": seen.name, **values})


def sign_off(connection: Connection, name: str) -> None:
    """Forget a worker that has ended."""
    connection.execute(delete(worker).where(worker.c.name == name))


def forget_silent(connection: Connection, silent_since: datetime) -> None:
    """Forget the workers that have not been heard since then."""
    connection.execute(delete(worker).where(worker.c.seen_at < to_ms(silent_since)))


def load_workers(connection: Connection, silent_since: datetime) -> tuple[WorkerView, ...]:
    """Every worker, by name."""
    rows = connection.execute(select(worker).order_by(worker.c.name))
    limit = to_ms(silent_since)
    return tuple(
        WorkerView(row.name, row.version, from_ms(row.started_at), from_ms(row.seen_at), row.seen_at >= limit)
        for row in rows
    )


def keep_job_run(connection: Connection, run: JobRun) -> None:
    """Keep the last run of a job; an older one never replaces a newer one."""
    values: dict[str, str | int | None] = {
        "schedule": run.schedule,
        "tick_at": to_ms(run.tick_at),
        "worker": run.worker,
        "started_at": to_ms(run.started_at),
        "finished_at": optional_ms(run.finished_at),
        "error": run.error,
    }
    is_older = or_(job.c.tick_at < values["tick_at"], job.c.started_at <= values["started_at"])
    changed = connection.execute(update(job).where(job.c.name == run.job.value, is_older).values(values))
    if not changed.rowcount:
        _insert(connection, "job", {"name": run.job.value, **values})


def load_job_runs(connection: Connection) -> tuple[JobRun, ...]:
    """The last run of each job that has ever run, by the name of the job."""
    known = {each.value for each in JobName}
    return tuple(
        JobRun(
            JobName(row.name),
            row.schedule,
            from_ms(row.tick_at),
            row.worker,
            from_ms(row.started_at),
            optional_instant(row.finished_at),
            row.error,
        )
        for row in connection.execute(select(job).order_by(job.c.name))
        if row.name in known
    )


def _insert(connection: Connection, table: str, values: Mapping[str, str | int | None]) -> bool:
    """Insert a row; False where another process was faster."""
    statement = dialect_of(connection).insert(table, tuple(values), "ON CONFLICT DO NOTHING")
    return hits(connection, statement, [tuple(values.values())]) == [True]
