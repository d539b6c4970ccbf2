"""After everything that waits was evaluated, nothing is left to do until a deadline passes or somebody acts."""

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.databases import PostgresServer, sqlite_database
from tests.properties.chance import chances
from tests.properties.quiescence import Lend, Lives


def check(lend: Lend, examples: int, steps: int) -> None:
    class Lent(Lives):
        pass

    Lent.lend = staticmethod(lend)
    run_state_machine_as_test(
        Lent,
        settings=settings(chances(examples), stateful_step_count=steps),
    )


def test_a_drained_store_is_quiet(tmp_path: Path, migrated_file: Path) -> None:
    check(lambda: sqlite_database(tmp_path, migrated_file), examples=10, steps=12)


@pytest.mark.long
def test_a_drained_store_is_quiet_for_long(tmp_path: Path, migrated_file: Path) -> None:
    check(lambda: sqlite_database(tmp_path, migrated_file), examples=60, steps=30)


@pytest.mark.long
def test_a_drained_store_is_quiet_on_postgresql(postgresql: PostgresServer) -> None:
    check(postgresql.database, examples=20, steps=30)
