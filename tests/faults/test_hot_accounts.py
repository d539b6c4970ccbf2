"""Sixteen clients on ten accounts, and clocks that jump: everybody is answered, and nothing is lost or doubled."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier
from uuid import UUID

import pytest

from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from tests.faults.checker import check
from tests.worlds import ADMIN, CSM, FEED, Stage, a_stage

CLIENTS = 16
CALLS = 6


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


def act(stage: Stage, accounts: list[UUID], client: int, start: Barrier) -> list[str]:
    """Do what people, feeds and workers do, all at once; give the batches that were answered."""
    random, told = Random(client), list[str]()
    start.wait()
    for number in range(CALLS):
        account, key = random.choice(accounts), f"{client}-{number}"
        match (client + number) % 4:
            case 0:
                rows = tuple(FactRow(each, random.choice((5, 95)), measure="setup_completion") for each in accounts)
                record_facts(stage.world, FEED, RecordFacts(rows, "crm", key))
                told.append(key)
            case 1:
                fire_transition(stage.world, CSM, FireTransition(account, "expect_churn", key))
            case 2:
                reach_milestone(stage.world, CSM, ReachMilestone(account, "kickoff_done", key))
            case _:
                (evaluate_waiting, sweep)[number % 2](stage.world, ADMIN)
    return told


def test_sixteen_clients_on_ten_accounts(stage: Stage) -> None:
    accounts = [stage.sign(f"A{number}", arr=500_000, csm=None) for number in range(10)]
    start = Barrier(CLIENTS)

    with ThreadPoolExecutor(CLIENTS) as pool:
        told = list(pool.map(lambda client: act(stage, accounts, client, start), range(CLIENTS)))

    check(stage.world, [key for keys in told for key in keys])


def test_a_clock_that_jumps_back_and_forth(stage: Stage) -> None:
    accounts = [stage.sign(f"A{number}", arr=5_000, csm=None) for number in range(4)]
    told: list[str] = []
    for number, jump in enumerate((0, 3_600, -7_200, 86_400 * 400, -86_400 * 399, 1, -1)):
        stage.clock.at += timedelta(seconds=jump)
        key, value = f"key-{number}", (10, 95)[number % 2]
        rows = tuple(FactRow(account, value, measure="setup_completion") for account in accounts)
        record_facts(stage.world, FEED, RecordFacts(rows, "crm", key))
        told.append(key)
        evaluate_waiting(stage.world, ADMIN)

    stage.clock.turn(days=500)
    check(stage.world, told)
