"""An operation that takes too long stops in the database, too: on both by a query that would run for minutes."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from api.app import create_app
from api.threads import Threads
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.services.quick import open_quick
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Connection
from tests.api.conftest import ADMIN
from tests.api.door import a_door

MARK = "takes_minutes"
SLOW = (
    f"WITH RECURSIVE {MARK}(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM {MARK} WHERE n < 2000000000) "
    f"SELECT count(*) FROM {MARK}"
)
PAGE = '{ account(key: "ACME") { measures { value } } }'
PATIENCE = 20.0


def running(world: World) -> int:
    """How many statements PostgreSQL still works on; 0 on SQLite, where a thread that is free says the same."""
    if world.database.is_sqlite:
        return 0
    query = f"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'WITH RECURSIVE {MARK}%'"
    with world.database.reading() as connection:
        return int(connection.execute(text(query)).scalar_one())


def until_none_runs(world: World) -> None:
    end = time.monotonic() + PATIENCE
    while running(world):
        assert time.monotonic() < end, "the statement goes on"


@contextmanager
def a_slow_store(world: World) -> Iterator[list[str]]:
    """Readers of the vocabulary run a statement of minutes first; what became of these is noted."""
    original, ends = world.shelf.catalog, list[str]()

    def slow(connection: Connection) -> object:
        try:
            connection.execute(text(SLOW))
        except BaseException as error:
            ends.append(type(error).__name__)
            raise
        return original(connection)

    world.shelf.catalog = slow  # type: ignore[assignment,method-assign] # a slow store
    yield ends
    world.shelf.catalog = original  # type: ignore[method-assign]


def test_a_time_out_stops_the_statement_and_frees_its_thread(world: World, settings: Settings) -> None:
    app = create_app(world, settings.model_copy(update={"operation_seconds": 0.3, "threads": 1}))
    token = issue_token(world, ADMIN, "root", [Role.ADMIN], None).token

    with a_door(app, token) as door:
        door.data("{ viewer { name } }")
        with a_slow_store(world) as ends:
            begun = time.monotonic()
            answer = door.send("POST", json={"query": PAGE})
            # The only thread serves again, which it could not for minutes.
            ready = door.send("GET", "/readyz").status_code

    assert (answer.status_code, ready) == (504, 200)
    assert answer.json()["errors"][0]["extensions"]["code"] == "operation_timed_out"
    assert time.monotonic() - begun < PATIENCE
    assert len(ends) == 1
    until_none_runs(world)


def test_a_change_that_is_given_up_leaves_nothing_behind(world: World) -> None:
    def change(world: World) -> None:
        with world.database.writing() as connection:
            connection.execute(text("UPDATE account_profile SET name = 'Given up'"))
            connection.execute(text(SLOW))

    async def scene() -> None:
        threads = Threads(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await threads.run(change, world)
        name = await threads.run(_name, world)
        threads.close()
        assert name == "Acme Inc."

    asyncio.run(scene())
    until_none_runs(world)


def test_who_was_given_up_between_two_statements_gets_no_other(world: World) -> None:
    seen: list[str] = []

    async def scene() -> None:
        threads, loop = Threads(1), asyncio.get_running_loop()
        begun, given_up = asyncio.Event(), asyncio.Event()

        def read(world: World) -> None:
            with world.database.reading() as connection:
                loop.call_soon_threadsafe(begun.set)
                asyncio.run_coroutine_threadsafe(given_up.wait(), loop).result(PATIENCE)
                try:
                    connection.execute(text("SELECT 1"))
                except StoreFailed as failed:
                    seen.append(failed.message)
                    raise

        task = asyncio.create_task(threads.run(read, world))
        await begun.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await loop.shutdown_default_executor()
        given_up.set()
        await threads.run(_name, world)
        threads.close()

    asyncio.run(scene())

    assert seen == ["nobody waits for the answer any more; it was given up"]


def test_a_direct_read_that_is_given_up_stops_and_none_lasts_longer_than_an_operation(world: World) -> None:
    async def scene() -> None:
        quick = open_quick(world, 0.5)
        if quick is None:
            return
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await quick.direct.fetch(SLOW)
        until_none_runs(world)
        with pytest.raises(StoreFailed, match="QueryCanceled"):
            await quick.direct.fetch(SLOW)
        assert await quick.direct.fetch("SELECT 1")
        await quick.close()

    asyncio.run(scene())


def _name(world: World) -> str:
    with world.database.reading() as connection:
        return str(connection.execute(text("SELECT name FROM account_profile")).scalar_one())
