"""Twenty workers are killed while they work, one after the other; the last one finishes what they left."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID

import pytest

from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.background.worker import working
from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.operations import view_operations
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from tests.background.conftest import plan, stage
from tests.background.waiting import until
from tests.faults.checker import check
from tests.faults.test_dead_worker import unfinished
from tests.faults.victims import Tell, a_victim
from tests.worlds import ADMIN, FEED, Stage

__all__ = ["plan", "stage"]

KILLED = 20
SILENCE = timedelta(seconds=1.5)


@pytest.mark.long
def test_twenty_workers_that_are_killed_leave_a_whole_store(stage: Stage, plan: WorkerPlan, database_url: str) -> None:
    plan = replace(plan, silence=SILENCE)
    accounts, told, killed_at_work = [stage.sign(f"A{number}", arr=5_000) for number in range(12)], list[str](), 0
    for seed in range(KILLED):
        stage.world.database.dispose()
        with a_victim(partial(work, plan), database_url, seed, accounts) as victim:
            lines = victim.lines()
            told.append(next(lines))
            until(lambda seed=seed: is_at_work(plan, f"w{seed}"))  # type: ignore[misc] # mypy takes the default for a parameter
            victim.kill()
            told += lines
            killed_at_work += is_at_work(plan, f"w{seed}")

    with working(stage.world, replace(plan, name="last")):
        until(lambda: unfinished(plan.workflows_url) == [] and waiting(stage) == 0)
        until(lambda: [each.name for each in view_operations(stage.world, ADMIN).workers] == ["last"])
    (run,) = view_operations(stage.world, ADMIN).jobs
    assert (run.job, run.worker, run.error) == (JobName.EVALUATE, "last", None)
    assert killed_at_work > 0
    assert len(told) >= KILLED
    check(stage.world, told)


def work(plan: WorkerPlan, url: str, seed: int, accounts: list[UUID], tell: Tell) -> None:
    """Bring in batches that wait for a worker, and be that worker."""
    world = World(Database(url), now, small_batch=0)
    with working(world, replace(plan, name=f"w{seed}")):
        for number, rows in enumerate(batches(seed, accounts)):
            key = f"{seed}-{number}"
            record_facts(world, FEED, RecordFacts(rows, "crm", key))
            tell(key)
            with suppress(AssertionError):
                until(lambda: not unfinished(plan.workflows_url))


def batches(seed: int, accounts: list[UUID]) -> Iterator[tuple[FactRow, ...]]:
    """News about every account, without an end."""
    random = Random(seed)
    while True:
        yield tuple(FactRow(each, random.choice(("active", "churned")), fact="account.status") for each in accounts)


def is_at_work(plan: WorkerPlan, name: str) -> bool:
    return (name, "PENDING") in unfinished(plan.workflows_url)


def waiting(stage: Stage) -> int:
    backlog = view_operations(stage.world, ADMIN).backlog
    return backlog.marked + backlog.due
