"""Work that survives its process: the only importer of DBOS."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    SetEnqueueOptions,
    SetWorkflowID,
    WorkflowStatus,
    error,
)

from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.domain.operations import JobName, WorkerView
from lifecycle_fsm.store.workflows import prepare_workflows

Result = TypeVar("Result")
Runs = Callable[[str, int, str, str], None]
"""Runs a job: its name, the shard, the tick and the schedule as text."""

_NAME = "lifecycle"
_WORKFLOW = "run_job"
_QUEUES = {"prompt": 0.25, "steady": 1.0}
_PROMPT = frozenset({JobName.EVALUATE, JobName.DELIVER})
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_UNFINISHED = ["ENQUEUED", "PENDING"]
_PAGE = 500
_LOG = logging.getLogger("lifecycle.worker")


class Durable:
    """
    Keep workflows in a database of their own, or in a schema of a PostgreSQL.

    A process has at most one of these at a time. A workflow is one job for one shard and
    one tick; while one is waiting or running, another for the same shard is not begun.
    """

    def __init__(self, url: str, seen: WorkerView, at_once: int, runs: Runs) -> None:
        self._url = url
        self._seen = seen
        self._at_once = at_once

        def run_job(job: str, shard: int, tick: str, schedule: str) -> None:
            runs(job, shard, tick, schedule)

        # A function of its own, for DBOS notes on it what it would not note on a method.
        self._workflow = DBOS.workflow(name=_WORKFLOW)(run_job)
        self._config = DBOSConfig(
            name=_NAME,
            system_database_url=url,
            executor_id=seen.name,
            application_version=seen.version,
            # Pooled connections and distributed PostgreSQL have no LISTEN.
            use_listen_notify=False,
            serializer=DBOSPortableJSONSerializer(),
            log_level="ERROR",
            sys_db_pool_size=5,
        )

    def launch(self) -> None:
        """
        Begin to take work.

        Raises:
            StoreFailed: the database of the workflows cannot be opened.
        """
        prepare_workflows(self._url)
        try:
            DBOS(config=self._config)
            DBOS.launch()
            for name, seconds in _QUEUES.items():
                DBOS.register_queue(name, worker_concurrency=self._at_once, polling_interval_sec=seconds)
        except Exception as cause:
            self.close()
            about = f"the database of background work cannot be opened ({type(cause).__name__})"
            raise StoreFailed(f"{about}; is LIFECYCLE_WORKFLOWS_URL right?") from cause

    def close(self) -> None:
        """Stop taking work; what runs in this process is over by then."""
        DBOS.destroy(destroy_registry=True)

    def enqueue(self, job: JobName, shard: int, tick: datetime, schedule: str) -> None:
        """Put a job into its queue, unless this tick of it was there or the shard is still busy with one before."""
        queue = "prompt" if job in _PROMPT else "steady"
        name, at = f"{job.value}/{shard}", tick.isoformat()
        try:
            with SetWorkflowID(f"{name}/{at}"), SetEnqueueOptions(deduplication_id=name):
                DBOS.enqueue_workflow(queue, self._workflow, job.value, shard, at, schedule)
        except error.DBOSQueueDeduplicatedError:
            return

    def step(self, name: str, work: Callable[[], Result]) -> Result:
        """Do a part of the workflow that runs; when it runs again, its result is kept and not worked out anew."""
        return DBOS.run_step({"name": name}, work)

    def take_over(self, workers: tuple[WorkerView, ...]) -> int:
        """
        Take over what dead workers were doing, and give how many workflows that were.

        Work of a release that nobody runs any more is cancelled: the next tick does it.
        """
        alive = {each.name for each in workers if each.alive} | {self._seen.name}
        versions = {each.version for each in workers if each.alive} | {self._seen.version}
        found = DBOS.list_workflows(status=_UNFINISHED, limit=_PAGE, load_input=False, load_output=False)
        outdated = [each.workflow_id for each in found if each.app_version not in versions]
        orphans = [each.workflow_id for each in found if _is_orphan(each, alive) and each.app_version in versions]
        if outdated:
            DBOS.cancel_workflows(outdated)
        if orphans:
            _LOG.warning("taking over %d workflows of workers that are silent", len(orphans))
            DBOS.resume_workflows(orphans)
        return len(outdated) + len(orphans)

    def forget_finished(self, before: datetime) -> int:
        """Delete the oldest workflows that finished before an instant, at most 500, and give how many those were."""
        found = DBOS.list_workflows(
            status=_FINISHED,
            end_time=before.isoformat(),
            completed_before=before.isoformat(),
            limit=_PAGE,
            load_input=False,
            load_output=False,
        )
        if found:
            DBOS.delete_workflows([each.workflow_id for each in found])
        return len(found)


def _is_orphan(found: WorkflowStatus, alive: set[str]) -> bool:
    return found.status == "PENDING" and found.executor_id not in alive
