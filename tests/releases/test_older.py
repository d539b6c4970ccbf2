"""The recorded release itself, installed from a wheel of its own, on the tables of this one."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest

from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.services.counting import recount
from lifecycle_fsm.store.migrate import Standing, downgrade, how_it_stands
from tests.background.processes import Release, a_process, a_process_of
from tests.databases import PostgresServer
from tests.faults.checker import check
from tests.releases.older import Older, has, older_release, run_its_tests, where_it_lies
from tests.releases.record import RELEASE
from tests.restarts.server import Server
from tests.restarts.switch import Load, Switch, free_port
from tests.worlds import ADMIN, a_stage

pytestmark = pytest.mark.long

RECORDED = orjson.loads((RELEASE / "release.json").read_bytes())
ACCOUNTS = tuple(f"A{number}" for number in range(8))


@pytest.fixture(scope="module")
def older() -> Iterator[Older]:
    if not has(RECORDED["commit"]):
        pytest.skip(
            f"the history here does not go back to {RECORDED['commit'][:12]}, the release recorded last: "
            "only its statements are tried, by test_recorded.py; `git fetch --unshallow` brings the rest"
        )
    with TemporaryDirectory(prefix="older-") as folder:
        Path(folder).chmod(0o755)  # the environment's PostgreSQL runs as a user of its own
        yield older_release(RECORDED["commit"], Path(folder))


@pytest.fixture
def url(postgresql: PostgresServer) -> Iterator[str]:
    """A store as the recorded release has it."""
    with postgresql.database() as address:
        downgrade(address, RECORDED["revision"])
        yield address


def test_what_runs_is_the_older_release_out_of_its_own_wheel(older: Older) -> None:
    packages = where_it_lies(older).parent

    assert packages.is_relative_to(older.python.parents[1])
    assert (packages / f"lifecycle_fsm-{RECORDED['release']}.dist-info").is_dir()


def test_its_own_tests_hold_on_the_tables_of_this_release(older: Older) -> None:
    told = run_its_tests(older, "tests/journeys", "tests/recipes", "tests/background")

    assert " passed" in told


def test_it_serves_while_the_store_is_migrated_and_its_processes_are_replaced(
    url: str, older: Older, tmp_path: Path
) -> None:
    token = fill(url, older, tmp_path)
    with ExitStack() as stack:
        servers = [Server(url, free_port(), stack) for _ in range(2)]

        load, statuses = asyncio.run(replace_in_turn(servers, older.release, token))

    assert load.failures == []
    assert len(load.written) > 50 < load.answered
    assert statuses == [0, 0, 0]
    assert how_it_stands(url) is Standing.CURRENT
    with a_stage(url, None) as whole:
        whole.world = replace(whole.world, clock=now)
        recount(whole.world, ADMIN)
        check(whole.world, load.written)


def fill(url: str, older: Older, folder: Path) -> str:
    """Let the older release publish and register; gives a token of its own."""
    rows = [{"key": key, "name": key, "facts": {"account.status": "active", "account.arr": 5_000}} for key in ACCOUNTS]
    (folder / "rows.ndjson").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    told = ""
    for arguments in (
        ("publish", str(older.source / "fixtures" / "demo")),
        ("import", "rows", "accounts", str(folder / "rows.ndjson")),
        ("token", "load", "--role", "admin"),
    ):
        with a_process_of(older.release, *arguments, database_url=url) as process:
            told, _ = process.communicate(timeout=60)
        assert process.returncode == 0, told
    return told.split()[-1]


async def replace_in_turn(servers: list[Server], older: Release, token: str) -> tuple[Load, list[int]]:
    first, second = servers
    for server in servers:
        server.start(older)
    switch, over = Switch(tuple(server.address for server in servers)), asyncio.Event()
    following = asyncio.create_task(switch.follow())
    await switch.until_ready(first.address, second.address)
    load = Load(switch, token, ACCOUNTS)
    working = asyncio.create_task(load.run(len(ACCOUNTS), over))
    async with asyncio.timeout(30):
        await load.is_going.wait()

    statuses = [await asyncio.to_thread(migrate, first.url)]
    for server in servers:
        await load.answers(100)  # both releases side by side
        statuses.append(await server.stop())
        server.start()
        await switch.until_ready(server.address)
    await load.answers(100)
    over.set()
    await working
    for server in servers:
        await server.stop()
    following.cancel()
    return load, statuses


def migrate(url: str) -> int:
    with a_process("migrate", database_url=url) as process:
        process.communicate(timeout=60)
    return process.returncode
