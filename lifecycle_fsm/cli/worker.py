"""`lifecycle-fsm worker` and `status`: what runs by itself, and how it stands."""

import signal
from datetime import datetime, timedelta
from threading import Event
from types import FrameType

import typer

from lifecycle_fsm.background.worker import working
from lifecycle_fsm.bootstrap import plan_worker
from lifecycle_fsm.cli.store import By, bring_up_to_date, opened, operator
from lifecycle_fsm.cli.telemetry import begin_logs, telling_metrics, telling_traces
from lifecycle_fsm.domain.errors import ReadOnly
from lifecycle_fsm.domain.operations import JobRun, WorkerView
from lifecycle_fsm.services.gauges import Measured
from lifecycle_fsm.services.operations import Destination, Operations, view_operations
from lifecycle_fsm.settings import read_settings


def worker() -> None:
    """Do what runs by itself, beside the server, until told to stop; the page at hand is finished first."""
    settings, told = read_settings(), Event()
    if settings.read_only:
        raise ReadOnly("a worker does nothing but write, and LIFECYCLE_READ_ONLY is set; unset it, or run `serve`")
    key = begin_logs(settings)

    bring_up_to_date(settings)

    def stop(_: int, __: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with (
        telling_traces(settings, key),
        opened(settings) as world,
        telling_metrics(settings, Measured(world)),
        working(world, plan_worker(settings)) as started,
    ):
        assert started is not None
        typer.echo(f"Worker {started.name} at work; stop it with Ctrl-C or SIGTERM.")
        told.wait()
        typer.echo("Finishing the pages at hand.")


def status(*, by: By = None) -> None:
    """Say what waits, since when, who works, and what ran last."""
    with opened(read_settings()) as world:
        now, found = world.clock(), view_operations(world, operator(by))
    for line in (
        *_closed(found),
        *_waiting(found),
        *_messages(found),
        *_workers(found.workers, now),
        *_checkpoints(found.destinations, now),
        *_jobs(found.jobs, now),
    ):
        typer.echo(line)


def _closed(found: Operations) -> list[str]:
    mode = found.read_only
    if mode is None:
        return []
    return [f"READ-ONLY since {mode.since:%Y-%m-%d %H:%M} UTC, by {mode.begun_by}: {mode.reason}"]


def _waiting(found: Operations) -> list[str]:
    lag = "" if found.lag is None else f"; the longest for {_span(found.lag)}"
    return [f"Accounts that wait: {found.backlog.marked:,} marked, {found.backlog.due:,} due{lag}."]


def _messages(found: Operations) -> list[str]:
    lines = [f"Messages: {found.unrouted:,} to be handed to channels."] if found.unrouted else []
    return lines + [
        f"Channel {each.channel}: {each.waiting:,} on their way, {each.dead:,} dead (see `lifecycle-fsm outbox list`)."
        for each in found.traffic
    ]


def _workers(workers: tuple[WorkerView, ...], now: datetime) -> list[str]:
    if not workers:
        return ["No worker has signed on: accounts wait for `lifecycle-fsm serve`, `worker` or `sweep`."]
    return [
        f"Worker {each.name}, release {each.version}: "
        f"{'seen' if each.alive else 'SILENT, last seen'} {_span(now - each.seen_at)} ago."
        for each in workers
    ]


def _checkpoints(places: tuple[Destination, ...], now: datetime) -> list[str]:
    return [f"Checkpoints to {each.name}: {_reached(each, now)}{_altered(each)}." for each in places]


def _reached(place: Destination, now: datetime) -> str:
    if place.oldest_at is None:
        return "all there"
    lacking = f"{place.unshipped:,} not there, the oldest signed {_span(now - place.oldest_at)} ago"
    return lacking if place.reason is None else f"{lacking}; FAILED {place.attempts:,} times: {place.reason}"


def _altered(place: Destination) -> str:
    if not place.altered:
        return ""
    return f"; ALTERED there: {len(place.altered):,}, the first {place.altered[0]}; keep both and compare them"


def _jobs(jobs: tuple[JobRun, ...], now: datetime) -> list[str]:
    return [f"{each.job.value:<9} {each.schedule:<12} {_outcome(each, now)}" for each in jobs]


def _outcome(run: JobRun, now: datetime) -> str:
    if run.finished_at is None:
        return f"running on {run.worker} for {_span(now - run.started_at)}"
    ended = f"{_span(now - run.finished_at)} ago on {run.worker}"
    return f"done {ended}" if run.error is None else f"FAILED {ended}: {run.error}"


def _span(span: timedelta) -> str:
    """A span to the second, such as `1:02:03`."""
    return str(timedelta(seconds=max(int(span.total_seconds()), 0)))
