"""A server is brought back as it was at an instant, from a base backup and the log that it archived since."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from sqlalchemy.engine import make_url

from lifecycle_fsm.services.audit.erase import erase_account
from tests.background.processes import a_process
from tests.background.waiting import until
from tests.databases import PostgresServer
from tests.faults.servers import control, folder_of, give_away, own_server, run_program
from tests.worlds import ADMIN, Stage, a_stage

LONGEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where the archive and the base backup lie, open to the user that servers run as."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def base(self) -> Path:
        return self.folder / "base"


@pytest.fixture
def place() -> Iterator[Place]:
    # Outside pytest's own folders: those are closed to the user that a server started by root runs as.
    with TemporaryDirectory(prefix="lifecycle-fsm-") as name:
        found = Place(Path(name))
        found.archive.mkdir()
        give_away(found.folder)
        give_away(found.archive)
        yield found


@pytest.fixture
def archiving(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """A server of its own with the settings of docs/operators.md."""
    with own_server(tmp_path, monkeypatch) as server:
        with psycopg.connect(server.libpq_url(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET archive_mode = on")
            command = f"test ! -f {place.archive}/%f && cp %p {place.archive}/%f"
            connection.execute(f"ALTER SYSTEM SET archive_command = '{command}'")
        control(folder_of(server), "-m", "fast", "restart")
        yield server


@pytest.mark.long
def test_a_store_comes_back_as_it_was_at_an_instant_without_who_was_erased_since(
    archiving: PostgresServer, place: Place, tmp_path: Path
) -> None:
    erasures = tmp_path / "erasures.ndjson"
    with archiving.database() as url, a_stage(url) as stage:
        stage.world = replace(stage.world, erasures=erasures)
        erased, kept = stage.sign("GONE", arr=5_000), stage.sign("KEPT", arr=5_000)
        back_up(archiving, place)
        between = stage.sign("BETWEEN", arr=5_000)
        instant = asked(archiving, "SELECT clock_timestamp()::text")
        lost = stage.sign("LOST", arr=5_000)
        erase_account(stage.world, ADMIN, erased, "as the law asks")
        all_archived(archiving)

        with recovered(archiving, place, instant, url) as there:
            with a_process("after-restore", database_url=there, erasures=str(erasures)) as process:
                told, _ = process.communicate(timeout=LONGEST_SECONDS)
            with a_stage(there, None) as other:
                names = {key: name_of(other, key) for key in (erased, kept, between, lost)}

    assert (process.returncode, told.splitlines()[0]) == (0, "Erased again: 1 account. Tokens ended: 0."), told
    assert told.splitlines()[1].startswith("Verified: "), told
    assert names == {erased: None, kept: "Kept", between: "Between", lost: None}


def name_of(stage: Stage, account: object) -> str | None:
    """What the store calls an account, None where it does not know or does not say."""
    with stage.world.database.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT p.name FROM account_profile AS p WHERE p.account_id = %s", (account,)
        ).scalar_one_or_none()
    return None if found is None else str(found)


def back_up(server: PostgresServer, place: Place) -> None:
    """As `pg_basebackup` does it every day."""
    host = make_url(server.libpq_url()).query["host"]
    run_program("pg_basebackup", "-h", str(host), "-U", "postgres", "-D", str(place.base), "-c", "fast")


def all_archived(server: PostgresServer) -> None:
    """Close the file of the log that is being written, and wait until the archive has it."""
    closed = asked(server, "SELECT pg_walfile_name(pg_switch_wal())")
    until(lambda: asked(server, "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver") >= closed)


@contextmanager
def recovered(server: PostgresServer, place: Place, instant: str, url: str) -> Iterator[str]:
    """The base backup started with what docs/operators.md says; gives the address of the store in it."""
    settings = (
        f"restore_command = 'cp {place.archive}/%f %p'",
        f"recovery_target_time = '{instant}'",
        "recovery_target_action = promote",
        "archive_mode = off",
    )
    with (place.base / "postgresql.auto.conf").open("a") as lines:
        lines.write("\n".join(settings) + "\n")
    (place.base / "recovery.signal").touch()
    give_away(place.base / "recovery.signal")
    control(place.base, "-o", f'-h "" -k {place.folder}', "start")
    there = make_url(url).update_query_dict({"host": str(place.folder)})
    again = replace(server, admin_url=server.admin_url.update_query_dict({"host": str(place.folder)}))
    try:
        until(lambda: asked(again, "SELECT pg_is_in_recovery()::text") == "false")
        yield there.render_as_string(hide_password=False)
    finally:
        control(place.base, "-m", "immediate", "stop")


def asked(server: PostgresServer, question: str) -> str:
    with psycopg.connect(server.libpq_url(), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return str(row[0])
