"""A worker is killed in the middle of a page, another one takes its work over; one that is told to stop finishes."""

import signal
from dataclasses import replace
from importlib.metadata import version

from sqlalchemy import create_engine, text

from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.background.worker import working
from lifecycle_fsm.domain.operations import JobName, WorkerView
from lifecycle_fsm.services.operations import view_operations
from lifecycle_fsm.store.locks import lock_account
from tests.background.conftest import plan, stage
from tests.background.processes import a_process
from tests.background.waiting import until
from tests.worlds import ADMIN, Stage

__all__ = ["plan", "stage"]

SILENCE_SECONDS = 3


def test_the_work_of_a_killed_worker_is_taken_over(stage: Stage, plan: WorkerPlan, database_url: str) -> None:
    settings = {
        "worker_name": "first",
        "workflows_url": plan.workflows_url,
        "schedule_seal": "off",
        "schedule_count": "off",
    }
    with a_process("worker", database_url=database_url, schedule_evaluate="1s", **settings) as process:
        # Its first sign of life is written, and the next one is far away.
        until(lambda: [each.seen_at > each.started_at for each in workers(stage)] == [True])
        process.send_signal(signal.SIGSTOP)
        account = stage.sign("ACME", arr=5_000)
        with stage.world.database.writing() as connection:
            lock_account(connection, account)
            process.send_signal(signal.SIGCONT)
            until(lambda: unfinished(plan.workflows_url) == [("first", "PENDING")])
            process.kill()
            process.wait()
    before = stage.see(account).lifecycle.stage

    second = replace(plan, name="second", version=version("lifecycle-fsm"), silence=SILENCE_SECONDS * plan.silence / 30)
    with working(stage.world, second):
        until(lambda: stage.see(account).lifecycle.stage == "onboarding")
        until(lambda: unfinished(plan.workflows_url) == [])
        (run,) = view_operations(stage.world, ADMIN).jobs
        left = [each.name for each in workers(stage)]

    assert before == "unassigned"
    assert (run.job, run.worker, run.error) == (JobName.EVALUATE, "second", None)
    assert left == ["second"]


def test_the_work_of_a_release_that_is_gone_is_not_in_the_way(stage: Stage, plan: WorkerPlan) -> None:
    account = stage.sign("ACME", arr=5_000)
    left = replace(plan, name="old", version="0")
    with working(stage.world, left):
        until(lambda: stage.see(account).lifecycle.stage == "onboarding")
    engine = create_engine(plan.workflows_url)
    with engine.begin() as connection:
        connection.execute(
            text(f"UPDATE {table(plan.workflows_url)} SET status = 'PENDING', deduplication_id = 'evaluate/0'")
        )
    engine.dispose()

    other = stage.sign("OTHER", arr=5_000)
    with working(stage.world, plan):
        until(lambda: stage.see(other).lifecycle.stage == "onboarding")


def test_a_worker_that_is_told_to_stop_signs_off(stage: Stage, plan: WorkerPlan, database_url: str) -> None:
    with a_process("worker", database_url=database_url, worker_name="w", workflows_url=plan.workflows_url) as process:
        until(lambda: [each.name for each in workers(stage)] == ["w"])
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()

        assert process.wait(30) == 0
        assert first == "Worker w at work; stop it with Ctrl-C or SIGTERM.\n"
        assert process.stdout.read() == "Finishing the pages at hand.\n"
    assert workers(stage) == ()


def workers(stage: Stage) -> tuple[WorkerView, ...]:
    return view_operations(stage.world, ADMIN).workers


def unfinished(url: str) -> list[tuple[str, str]]:
    """The executor and the status of each workflow that is waiting or running."""
    engine = create_engine(url)
    found = f"SELECT executor_id, status FROM {table(url)} WHERE status IN ('PENDING', 'ENQUEUED')"
    with engine.connect() as connection:
        rows = [(str(row[0]), str(row[1])) for row in connection.execute(text(found))]
    engine.dispose()
    return rows


def table(url: str) -> str:
    return "workflow_status" if url.startswith("sqlite") else "dbos.workflow_status"
