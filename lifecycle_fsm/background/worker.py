"""A process works in the background: looks at the schedules, runs jobs, and takes over from the dead."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Condition, Event, Thread
from time import perf_counter

from lifecycle_fsm.background.durable import Durable
from lifecycle_fsm.background.jobs import Job, Stopped, jobs_of
from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.domain.operations import JobName, JobRun, WorkerView
from lifecycle_fsm.domain.schedule import Cron
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.workers import (
    beat,
    forget_silent,
    keep_job_run,
    load_job_runs,
    load_workers,
    sign_off,
    sign_on,
)
from lifecycle_fsm.telemetry import metrics, traces
from lifecycle_fsm.telemetry.trail import Fields, on_trail

LOOK_EVERY_SECONDS = 0.25
PATIENCE_SECONDS = 60.0
_MOST_NAMESAKES = 100
_LOG = logging.getLogger("lifecycle.worker")


class Worker:
    """
    Run jobs when their schedules say so, until it is told to stop.

    Correctness never depends on it: what a job does is found in the store, so that a
    tick that runs twice is harmless and one that does not run is made up by the next.
    """

    def __init__(self, world: World, plan: WorkerPlan) -> None:
        self._world = world
        self._plan = plan
        self._stopping = Event()
        self._running = 0
        self._idle = Condition()
        self._ticked: dict[JobName, datetime] = {}
        self._beaten_at: datetime | None = None
        self._seen = self._sign_on()
        named = replace(plan, name=self._seen.name)
        self._jobs: dict[JobName, Job] = dict(jobs_of(world, named, self._stopping.is_set))
        self._durable = Durable(plan.workflows_url, self._seen, plan.at_once, self._run)
        self._thread = Thread(target=self._look_on, name="lifecycle-worker", daemon=True)

    @property
    def name(self) -> str:
        """What this worker is called; a number follows where its name was taken."""
        return self._seen.name

    def start(self) -> None:
        """
        Begin to work.

        Raises:
            StoreFailed: the database of the workflows cannot be opened.
        """
        self._make_up_for_missed_ticks()
        self._durable.launch()
        self._thread.start()

    def stop(self) -> None:
        """Finish the pages that are being worked on, and end."""
        self._stopping.set()
        self._thread.join()
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0, PATIENCE_SECONDS)
        self._durable.close()
        with self._world.database.writing(though_read_only=True) as connection:
            sign_off(connection, self._seen.name)

    def _sign_on(self) -> WorkerView:
        """Take the first free name of ours, so that a process that is started anew has the name it had."""
        now = self._world.clock()
        names = (self._plan.name, *(f"{self._plan.name}-{number}" for number in range(2, _MOST_NAMESAKES)))
        for name in names:
            with self._world.database.writing(though_read_only=True) as connection:
                if sign_on(connection, name, self._plan.version, now, now - self._plan.silence):
                    return WorkerView(name, self._plan.version, now, now)
        raise AssertionError(f"{_MOST_NAMESAKES} workers are called {self._plan.name!r}")

    def _make_up_for_missed_ticks(self) -> None:
        """Let a cron line that came while nobody worked come once, now; before its first run nothing is missed."""
        now = self._world.clock()
        with self._world.database.reading() as connection:
            last = {run.job: run.tick_at for run in load_job_runs(connection)}
        for job, schedule in self._plan.schedules.items():
            if isinstance(schedule, Cron):
                self._ticked[job] = last.get(job, schedule.last(now))

    def _look_on(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            try:
                self.look_once()
            except Exception:  # noqa: BLE001 - the thread must not end
                # The store may be gone for a while; the worker goes on when it is back.
                _LOG.exception("the worker could not look at its schedules; it tries again")

    def look_once(self) -> None:
        """Say that the worker is alive, and begin what is due."""
        self._beat()
        self._tick()

    def _tick(self) -> None:
        if self._world.database.is_read_only:
            return  # Cron lines that come meanwhile come once, afterwards.
        now = self._world.clock()
        for name, schedule in self._plan.schedules.items():
            job, tick = self._jobs.get(name), schedule.last(now)
            if job is None or self._ticked.get(name) == tick:
                continue
            for shard in range(job.shards):
                if job.has_work(shard):
                    self._durable.enqueue(name, shard, tick, str(schedule))
            self._ticked[name] = tick

    def _beat(self) -> None:
        now = self._world.clock()
        if self._beaten_at is not None and now - self._beaten_at < self._plan.silence / 3:
            return
        self._beaten_at, silent_since = now, now - self._plan.silence
        self._seen = replace(self._seen, seen_at=now)
        with self._world.database.writing(though_read_only=True) as connection:
            beat(connection, self._seen)
            workers = load_workers(connection, silent_since)
        self._durable.take_over(workers)
        self._durable.forget_finished(now - self._plan.keep_workflows)
        if not all(each.alive for each in workers):
            with self._world.database.writing(though_read_only=True) as connection:
                forget_silent(connection, silent_since)

    def _run(self, job: str, shard: int, tick: str, schedule: str) -> None:
        with self._counted(), _timed(job, shard) as told:
            now = self._world.clock()
            begun = JobRun(JobName(job), schedule, datetime.fromisoformat(tick), self._seen.name, now)
            self._keep(begun)
            error = self._pages(self._jobs[begun.job], shard)
            told["outcome"] = "ok" if error is None else error
            self._keep(replace(begun, finished_at=self._world.clock(), error=error))

    def _pages(self, job: Job, shard: int) -> str | None:
        """Do page after page; give the code of what went wrong."""
        position: str | None = None
        try:
            while not self._stopping.is_set():
                with traces.within("page"):
                    position = self._durable.step("page", partial(job.page, shard, position))
                if position is None:
                    return None
        except Stopped:
            return None
        except LifecycleError as error:
            _LOG.warning("a job stopped", exc_info=True)
            return error.code
        except Exception as error:  # noqa: BLE001 - whatever one job does, the worker goes on
            _LOG.exception("a job failed")
            return type(error).__name__
        return None

    def _keep(self, run: JobRun) -> None:
        with self._world.database.writing(though_read_only=True) as connection:
            keep_job_run(connection, run)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._idle:
            self._running += 1
        try:
            yield
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()


@contextmanager
def _timed(job: str, shard: int) -> Iterator[Fields]:
    """Time one run of a job, count it, and write its line; `outcome` is noted meanwhile."""
    fields: Fields = {"job": job, "shard": shard, "outcome": "failed"}
    begun = perf_counter()
    about = {"lifecycle.job.name": job, "lifecycle.job.shard": shard}
    with on_trail(fields), traces.begun(f"job {job}", about, traces.Kind.CONSUMER) as span:
        try:
            yield fields
        finally:
            seconds = perf_counter() - begun
            outcome = "ok" if fields["outcome"] == "ok" else "failed"
            _tell(span, fields)
            metrics.JOB_RUNS.labels(job, outcome).inc()
            metrics.JOB_SECONDS.labels(job).observe(seconds)
            _LOG.info("job", extra={"fields": {"ms": round(seconds * 1000, 2)}})


def _tell(span: traces.Span | None, fields: Fields) -> None:
    if span is not None:
        span.tell(traces.about(fields))
        if fields["outcome"] != "ok":
            span.fail(str(fields["outcome"]))


@contextmanager
def working(world: World, plan: WorkerPlan | None) -> Iterator[Worker | None]:
    """Work in the background meanwhile; with no plan, do not."""
    if plan is None:
        yield None
        return
    worker = Worker(world, plan)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
