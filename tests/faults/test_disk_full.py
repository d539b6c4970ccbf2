"""The disk is full in the middle of a write: the write leaves nothing, and goes through once there is room."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from tests.databases import sqlite_database
from tests.faults.checker import check
from tests.faults.victims import a_victim, hammer
from tests.worlds import a_stage

ROOM = 200_000
"""Bytes that the largest file may still grow by."""


def test_a_full_disk_refuses_and_leaves_a_whole_store(tmp_path: Path, migrated_file: Path) -> None:
    with sqlite_database(tmp_path, migrated_file) as url, a_stage(url) as stage:
        accounts = [stage.sign(f"A{number}", arr=5_000, csm=None) for number in range(12)]
        stage.world.database.dispose()
        largest = max(path.stat().st_size for path in tmp_path.iterdir())
        with a_victim(hammer, url, 1, accounts, largest_file=largest + ROOM) as victim:
            *told, refused = victim.lines()
        with a_victim(hammer, url, 2, accounts) as victim:
            again = list(islice(victim.lines(), 5))

        assert refused.startswith("failed: store_failed: the database refused: ")
        assert len(told) > 0
        stage.clock.at = datetime.now(UTC)
        check(stage.world, [*told, *again])
