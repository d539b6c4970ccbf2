"""The disk is full in the middle of a write: the write leaves nothing, and goes through once there is room."""

import os
import subprocess
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import scalar_row
from sqlalchemy.engine import make_url

from tests.databases import PostgresServer, sqlite_database
from tests.faults.checker import check
from tests.faults.servers import USER_OF_ROOT
from tests.faults.victims import a_victim, hammer
from tests.worlds import a_stage

ROOM = 200_000
"""Bytes that the largest file may still grow by."""

PAGE = 8_192

WAL_SEGMENT = 16 * 1024 * 1024
"""What a session of PostgreSQL must be able to write, or the whole server stops."""


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


@pytest.mark.long
def test_a_server_without_room_refuses_and_leaves_a_whole_store(postgresql: PostgresServer) -> None:
    with postgresql.database() as url, a_stage(url) as stage:
        accounts = [stage.sign(f"A{number}", arr=5_000, csm=None) for number in range(12)]
        stage.world.database.dispose()
        largest = widen(url)
        with a_victim(hammer, url, 1, accounts) as victim:
            lines = victim.lines()
            before = list(islice(lines, 2))
            limit_sessions(url, largest + PAGE)
            *told, refused = lines
        with a_victim(hammer, url, 2, accounts) as victim:
            again = list(islice(victim.lines(), 5))

        assert refused == "failed: store_failed: the database refused: InternalError_, SQLSTATE XX000"
        stage.clock.at = datetime.now(UTC)
        check(stage.world, [*before, *told, *again])


def widen(url: str) -> int:
    """Make the table of observations larger than a segment of the WAL, without a row in it; give its size in bytes."""
    with psycopg.connect(_libpq(url), autocommit=True) as connection:
        connection.execute("ALTER TABLE fact_history SET (autovacuum_enabled = off)")
        with connection.transaction(force_rollback=True):
            connection.execute(
                "INSERT INTO fact_history (account_id, field, observed_at, recorded_at, id, text, source) "
                "SELECT gen_random_uuid(), 'none', 0, 0, gen_random_uuid(), repeat('x', 1500), 'none' "
                "FROM generate_series(1, 13000)"
            )
        cursor = connection.cursor(row_factory=scalar_row)
        (size,) = cursor.execute("SELECT pg_relation_size('fact_history')").fetchall()
    assert size > WAL_SEGMENT
    return int(size)


def limit_sessions(url: str, largest_file: int) -> None:
    """Let no session of this database write a file beyond so many bytes, as a disk without room would."""
    others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(_libpq(url), autocommit=True) as connection:
        pids = connection.cursor(row_factory=scalar_row).execute(others).fetchall()
    assert pids
    user = USER_OF_ROOT if os.geteuid() == 0 else None
    for pid in pids:
        command = ["prlimit", f"--pid={pid}", f"--fsize={largest_file}:{largest_file}"]
        subprocess.run(command, check=True, user=user)


def _libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
