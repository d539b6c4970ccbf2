"""An evaluation that read an account before an ingest committed does not write over what the ingest knew."""

from collections.abc import Iterator
from threading import Thread
from uuid import UUID

import pytest

from lifecycle_fsm.domain.fields import HEALTH_SCORE, measure_field
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.evaluate import evaluate_ids, evaluate_waiting
from lifecycle_fsm.store.accounts import load_accounts
from lifecycle_fsm.store.facts import Observation, record_facts
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.series import fact_series
from lifecycle_fsm.store.waiting import mark_waiting
from tests.databases import PostgresServer
from tests.faults.waits import wait_until_blocked
from tests.worlds import ADMIN, Stage, a_stage

MEASURE = measure_field("setup_completion")


@pytest.fixture
def stage(postgresql: PostgresServer) -> Iterator[Stage]:
    with postgresql.database() as url, a_stage(url) as opened:
        yield opened


@pytest.fixture
def account(stage: Stage) -> UUID:
    account = stage.sign("ACME", arr=5_000, csm=None)
    stage.send(account, setup_completion=10)
    stage.clock.turn(minutes=1)
    with stage.world.database.writing() as connection:
        mark_waiting(connection, [account], "test", stage.clock())
    return account


def test_the_newer_health_stays_when_an_older_evaluation_is_written_last(stage: Stage, account: UUID) -> None:
    older = Thread(target=evaluate_waiting, args=(stage.world, ADMIN))
    now, database = stage.clock(), stage.world.database

    with database.writing() as connection:
        layout = load_layout(connection)
        record_facts(connection, [Observation(account, MEASURE, 95.0, now, "crm")], layout, now)
        older.start()
        wait_until_blocked(database)
        evaluate_ids(stage.world, connection, layout, [account], Stamp(now, run_id=new_id(0)), now)
    older.join()

    seen = stage.see(account)
    with database.reading() as connection:
        kept = fact_series(connection, account, HEALTH_SCORE.key, now, now)
    assert seen.health.score == [each.value for each in kept][-1]
    assert stored_health(stage, account) == seen.health.score


def test_an_evaluation_that_lost_the_race_is_made_again(stage: Stage, account: UUID) -> None:
    older = Thread(target=evaluate_waiting, args=(stage.world, ADMIN))
    now, database = stage.clock(), stage.world.database

    with database.writing() as connection:
        record_facts(connection, [Observation(account, MEASURE, 95.0, now, "crm")], load_layout(connection), now)
        older.start()
        wait_until_blocked(database)
    older.join()

    assert stored_health(stage, account) != stage.see(account).health.score
    assert evaluate_waiting(stage.world, ADMIN).looked_at == 1
    assert stored_health(stage, account) == stage.see(account).health.score


def stored_health(stage: Stage, account: UUID) -> float | None:
    with stage.world.database.reading() as connection:
        return load_accounts(connection, [account], load_layout(connection))[account].health_score
