"""Processes are killed in the middle of whatever they do; nothing that was acknowledged is lost, nothing is doubled."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from tests.faults.checker import check
from tests.faults.servers import crash, own_server
from tests.faults.victims import a_victim, hammer
from tests.worlds import Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


def populate(stage: Stage) -> list[UUID]:
    return [stage.sign(f"A{number}", arr=5_000, csm=None) for number in range(12)]


def kill_many(stage: Stage, url: str, times: int) -> list[str]:
    """Let so many processes write, one after the other, and kill each after a few of its answers."""
    accounts, random, told = populate(stage), Random(7), list[str]()
    for seed in range(times):
        stage.world.database.dispose()
        with a_victim(hammer, url, seed, accounts) as victim:
            lines = victim.lines()
            told += islice(lines, random.randint(1, 8))
            victim.kill()
            told += lines
    return told


@pytest.mark.parametrize("times", [5, pytest.param(20, marks=pytest.mark.long)])
def test_writers_that_are_killed_leave_a_whole_store(stage: Stage, database_url: str, times: int) -> None:
    told = kill_many(stage, database_url, times)

    stage.clock.at = datetime.now(UTC)
    check(stage.world, told)


def test_writers_at_the_same_time_are_killed(stage: Stage, database_url: str) -> None:
    accounts, told = populate(stage), list[str]()
    stage.world.database.dispose()

    with a_victim(hammer, database_url, 1, accounts) as one, a_victim(hammer, database_url, 2, accounts) as other:
        lines = one.lines(), other.lines()
        told += islice(lines[0], 4)
        one.kill()
        told += islice(lines[1], 4)
        other.kill()
        told += [line for rest in lines for line in rest]

    stage.clock.at = datetime.now(UTC)
    check(stage.world, [line for line in told if not line.startswith("failed")])


@pytest.mark.long
def test_a_server_that_stops_at_once_leaves_a_whole_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with own_server(tmp_path, monkeypatch) as server, server.database() as url, a_stage(url) as stage:
        accounts, told = populate(stage), list[str]()
        for seed in range(3):
            stage.world.database.dispose()
            with a_victim(hammer, url, seed, accounts) as victim:
                lines = victim.lines()
                told += islice(lines, 5)
                crash(server)
                told += [line for line in lines if not line.startswith("failed")]
        stage.clock.at = datetime.now(UTC)
        check(stage.world, told)
