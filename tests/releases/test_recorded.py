"""The statements of the release that was recorded last, given again to the tables of this one."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import orjson
import pytest
from sqlalchemy import create_engine, text

from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.counting import recount
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.migrate import downgrade, is_known, upgrade
from tests.databases import PostgresServer, sqlite_database
from tests.fakes import Clock
from tests.faults.checker import check
from tests.releases.record import RELEASE, SCENES
from tests.releases.replay import Script, read_script, replay
from tests.worlds import ADMIN

RECORDED = orjson.loads((RELEASE / "release.json").read_bytes())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store with the tables of this release."""
    if request.param == "sqlite":
        with sqlite_database(tmp_path, request.getfixturevalue("migrated_file")) as file:
            yield file
    else:
        server: PostgresServer = request.getfixturevalue("postgresql")
        with server.database() as address:
            yield address


def script(url: str, scene: str) -> Script:
    return read_script(RELEASE / f"{scene}.{'sqlite' if url.startswith('sqlite') else 'postgresql'}.ndjson.gz")


def hold(url: str, scene: str, ended: datetime) -> None:
    """This release takes the store over: nothing is lost, doubled or broken."""
    world = World(Database(url), Clock(ended))
    try:
        recount(world, ADMIN)  # as the first run of a new process does
        assert verify(world, ADMIN).flaws == []
        if scene != "ends":  # what was undone or let go is missed by the checker, and rightly
            check(world)
    finally:
        world.database.dispose()


def test_the_recorded_release_is_one_that_this_one_follows() -> None:
    assert is_known(RECORDED["revision"])
    assert {file.name for file in RELEASE.glob("*.gz")} == {
        f"{scene}.{kind}.ndjson.gz" for scene in SCENES for kind in ("sqlite", "postgresql")
    }


@pytest.mark.parametrize("scene", SCENES)
def test_the_release_serves_on_the_tables_of_this_one(url: str, scene: str) -> None:
    ended = replay(script(url, scene), url, lambda: None)

    hold(url, scene, ended)


@pytest.mark.parametrize("scene", SCENES)
def test_it_goes_on_after_its_own_store_was_migrated(url: str, scene: str) -> None:
    downgrade(url, RECORDED["revision"])

    ended = replay(script(url, scene), url, lambda: upgrade(url))

    hold(url, scene, ended)


BREAKING = {
    "a column that is renamed": "ALTER TABLE cta RENAME COLUMN title TO name",
    "a column that is taken away": "ALTER TABLE account_profile DROP COLUMN csm_name",
    "a table that is taken away": "DROP TABLE stage_tally",
    "a key that is too narrow": "CREATE UNIQUE INDEX too_narrow ON cta (account_id)",
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_migration_that_breaks_it_is_found(url: str, change: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(BREAKING[change]))
    engine.dispose()

    with pytest.raises(AssertionError, match=r"is refused|and now 0"):
        replay(script(url, "lives"), url, lambda: None)


def test_a_rule_of_the_tables_that_its_rows_break_is_found(postgres_rule: str) -> None:
    with pytest.raises(AssertionError, match="violates check constraint"):
        replay(script(postgres_rule, "lives"), postgres_rule, lambda: None)


@pytest.fixture
def postgres_rule(postgresql: PostgresServer) -> Iterator[str]:
    with postgresql.database() as address:
        engine = create_engine(address)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE account_state ADD CONSTRAINT new CHECK (csm <> 'ada')"))
        engine.dispose()
        yield address


def test_rows_that_a_trigger_swallows_are_found(tmp_path: Path, migrated_file: Path) -> None:
    with sqlite_database(tmp_path, migrated_file) as address:
        engine = create_engine(address)
        with engine.begin() as connection:
            connection.execute(
                text("CREATE TRIGGER swallow BEFORE INSERT ON cta BEGIN SELECT RAISE(IGNORE); END"),
            )
        engine.dispose()

        with pytest.raises(AssertionError, match="changed 1 rows, and now 0"):
            replay(script(address, "lives"), address, lambda: None)
