"""Every statement that changes accounts names the account, so that a distributed database runs it on one node."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.store.tables import metadata
from tests.databases import sqlite_database
from tests.worlds import ADMIN, CSM, a_stage

PER_ACCOUNT = {table.name for table in metadata.tables.values() if "account_id" in table.primary_key.columns}
CHANGES = re.compile(r"(?:UPDATE|DELETE FROM|INSERT INTO) (\w+)")
CHOOSES = re.compile(r"WHERE .*\baccount_id(?: =|\)? IN|, \w+\) IN)", re.DOTALL)
INSERTS = re.compile(r"INSERT INTO \w+ \((?:[^)]*\b)?account_id\b")


@pytest.fixture
def statements() -> Iterator[set[str]]:
    """The statements that connections opened during the test are given."""
    seen: set[str] = set()

    def watch(connection: sqlite3.Connection, _: object) -> None:
        connection.set_trace_callback(seen.add)

    event.listen(Engine, "connect", watch)
    yield seen
    event.remove(Engine, "connect", watch)


def test_every_change_of_an_account_names_it(tmp_path: Path, migrated_file: Path, statements: set[str]) -> None:
    with sqlite_database(tmp_path, migrated_file) as url, a_stage(url) as stage:
        # Publishing lays out the columns of all accounts anew; that is no change of one of them.
        statements.clear()
        account = stage.sign("ACME", arr=500_000)
        stage.send(account, setup_completion=90)
        reach_milestone(stage.world, CSM, ReachMilestone(account, "kickoff_done", "key-1"))
        fire_transition(stage.world, CSM, FireTransition(account, "expect_churn", "key-2"))
        stage.tell(account, status="churned")
        stage.clock.turn(days=400)
        evaluate_waiting(stage.world, ADMIN)
        sweep(stage.world, ADMIN)

    changing = [(found[1], text) for text in statements if (found := CHANGES.match(text)) and found[1] in PER_ACCOUNT]
    across = [text for _, text in changing if not (INSERTS.match(text) or CHOOSES.search(text))]
    assert across == []
    tables = {"account_state", "transition_log", "transition_inputs", "cta", "outbox", "fact_history"}
    assert tables <= {table for table, _ in changing}
