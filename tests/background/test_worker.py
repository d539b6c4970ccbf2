"""A worker evaluates what waits, says what it did, takes over from the dead, and stops in order."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.background.worker import working
from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.domain.operations import JobName, WorkerView
from lifecycle_fsm.domain.run import RunKind
from lifecycle_fsm.domain.schedule import Every, parse_schedule
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.operations import Operations, view_operations
from lifecycle_fsm.services.world import Shelf
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.runs import newest_runs
from lifecycle_fsm.store.workers import beat, keep_job_run, load_job_runs
from tests.background.waiting import until
from tests.worlds import ADMIN, Stage


def operations(stage: Stage) -> Operations:
    return view_operations(stage.world, ADMIN)


def nobody_waits(stage: Stage) -> bool:
    return operations(stage).backlog.oldest_at is None


def test_accounts_that_wait_are_evaluated_within_seconds(stage: Stage, plan: WorkerPlan) -> None:
    ids = [stage.sign(f"A-{number}", arr=5_000) for number in range(3)]
    before = operations(stage).backlog.marked

    with working(stage.world, replace(plan, shards=3)):
        until(lambda: nobody_waits(stage))
        assert [each.name for each in operations(stage).workers] == ["test"]
        until(lambda: all(run.finished_at for run in operations(stage).jobs))

    (run,) = operations(stage).jobs
    assert before == 3
    assert [stage.see(each).lifecycle.stage for each in ids] == ["onboarding"] * 3
    assert (run.job, run.schedule, run.worker, run.error) == (JobName.EVALUATE, "1s", "test", None)
    assert operations(stage).workers == ()


def test_a_job_that_fails_is_told_and_tried_again(
    stage: Stage, plan: WorkerPlan, caplog: pytest.LogCaptureFixture
) -> None:
    sweeping = replace(plan, schedules={JobName.SWEEP: Every(1_000, "1s")})
    broken = replace(stage.world, shelf=BrokenShelf())
    stage.sign("ACME", arr=5_000)

    with working(broken, sweeping):
        until(lambda: any(run.error for run in operations(stage).jobs))

    (run,) = operations(stage).jobs
    assert (run.job, run.error) == (JobName.SWEEP, "ValueError")
    assert "it is broken" in caplog.text


def test_a_cron_line_that_was_missed_comes_once(stage: Stage, plan: WorkerPlan) -> None:
    cron = parse_schedule("0 0 1 1 *")
    assert cron is not None
    this_year = cron.last(now())
    schedules = {JobName.SWEEP: cron, JobName.EVALUATE: Every(1_000, "1s")}
    stage.sign("ACME", arr=5_000)
    with working(stage.world, replace(plan, schedules=schedules)):
        until(lambda: nobody_waits(stage))
    assert sweeps(stage) == 0

    with stage.world.database.writing() as connection:
        (evaluated,) = load_job_runs(connection)
        keep_job_run(connection, replace(evaluated, job=JobName.SWEEP, tick_at=this_year - timedelta(days=365)))
    for _ in range(2):
        with working(stage.world, replace(plan, schedules=schedules)):
            until(lambda: sweeps(stage) == 1)

    assert [run.tick_at for run in operations(stage).jobs if run.job is JobName.SWEEP] == [this_year]


def test_a_second_worker_of_a_name_gets_a_number(stage: Stage, plan: WorkerPlan) -> None:
    with stage.world.database.writing() as connection:
        beat(connection, WorkerView("test", "1", now(), now()))

    with working(stage.world, plan) as started:
        assert started is not None
        assert started.name == "test-2"


def sweeps(stage: Stage) -> int:
    with stage.world.database.reading() as connection:
        return sum(run.finished_at is not None for run in newest_runs(connection, 10, RunKind.SWEEP))


class BrokenShelf(Shelf):
    """Gives no machine to anybody."""

    def machines(self, connection: Connection, digests: Iterable[str]) -> dict[str, Machine]:
        raise ValueError(f"it is broken: {connection} {digests}")
