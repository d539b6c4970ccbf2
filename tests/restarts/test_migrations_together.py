"""Replicas that start together on an empty store: one migrates, the others wait for it, all of them serve."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.app import create_app
from lifecycle_fsm.services.readiness import not_ready
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.migrate import Standing, downgrade, how_it_stands, newest
from tests.api.door import a_door
from tests.background.processes import a_process
from tests.databases import PostgresServer
from tests.restarts.switch import Switch, free_port
from tests.worlds import a_stage

REPLICAS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    with server.database() as url:
        downgrade(url, "base")
        yield url


@pytest.mark.long
def test_one_of_many_migrates_and_the_others_find_nothing_to_do(empty: str) -> None:
    with ExitStack() as stack:
        started = [stack.enter_context(a_process("migrate", database_url=empty)) for _ in range(REPLICAS)]
        told = [process.communicate(timeout=120)[0] for process in started]
        statuses = [process.returncode for process in started]

    had, made = f"The store has the tables of revision {newest()}.\n", f"Migrated to revision {newest()}.\n"
    assert statuses == [0] * REPLICAS
    assert sorted(told) == sorted([made + had] + [had] * (REPLICAS - 1))
    assert how_it_stands(empty) is Standing.CURRENT


@pytest.mark.long
def test_servers_that_start_together_on_an_empty_store_all_become_ready(empty: str) -> None:
    ports = [free_port() for _ in range(REPLICAS)]
    with ExitStack() as stack:
        for port in ports:
            settings = {"database_url": empty, "port": str(port), "worker_name": f"w{port}", "drain_seconds": "0"}
            stack.enter_context(a_process("serve", migrate="true", **settings))
        asyncio.run(all_ready(tuple(f"http://127.0.0.1:{port}" for port in ports)))

    assert how_it_stands(empty) is Standing.CURRENT


async def all_ready(addresses: tuple[str, ...]) -> None:
    switch = Switch(addresses)
    following = asyncio.create_task(switch.follow())
    await switch.until_ready(*addresses)
    following.cancel()


def test_a_store_of_an_older_release_is_not_ready_and_one_of_a_later_is(database_url: str) -> None:
    with a_stage(database_url, None) as stage:
        said = [not_ready(stage.world)]
        for revision in ("0001", "of_next_year"):
            with stage.world.database.writing() as connection:
                connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
            said.append(not_ready(stage.world))
        with stage.world.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM alembic_version")
        said.append(not_ready(stage.world))

    older, empty = (f"the tables are {how}: run `lifecycle-fsm migrate`" for how in ("older", "empty"))
    assert said == [None, older, None, empty]


def test_a_process_that_stops_says_so_before_it_goes(sqlite_url: str) -> None:
    with a_stage(sqlite_url, None) as stage:
        app = create_app(stage.world, Settings())
        with a_door(app, "none") as door:
            before = door.send("GET", "/readyz")
            app.state.drain.begin()
            after, alive = door.send("GET", "/readyz"), door.send("GET", "/livez")

    assert (before.status_code, before.headers.get("connection")) == (200, None)
    assert (after.status_code, after.text) == (503, "the process is stopping\n")
    assert (alive.status_code, alive.headers["connection"]) == (200, "close")


def test_a_process_of_the_release_before_starts_on_tables_of_the_next(tmp_path: Path, migrated_file: Path) -> None:
    store = tmp_path / "store.db"
    shutil.copyfile(migrated_file, store)
    with a_stage(f"sqlite:///{store}", None) as stage, stage.world.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of_next_year'")

    with a_process("status", database_url=f"sqlite:///{store}") as process:
        told, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert told.startswith("Accounts that wait: 0 marked, 0 due.")
