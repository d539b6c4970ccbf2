"""A store is copied while it is in use, and comes back whole, without those who were erased since."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, select

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.backup import Contents, Manifest, read_manifest
from lifecycle_fsm.domain.errors import (
    BackupDamaged,
    BackupFailed,
    InvalidInput,
    StoreInUse,
    StoreNotEmpty,
    ToolMissing,
    Unauthenticated,
)
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.erase import erase_account, erasure_list
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.backup import back_up
from lifecycle_fsm.services.restore import After, Restore, Restored, listed_erasures, restore, settle
from lifecycle_fsm.services.tokens import actor_of_token, issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import all_entries
from lifecycle_fsm.store.backup.contents import contents_of
from lifecycle_fsm.store.backup.folder import MANIFEST
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.feed import Position, appended_after, newest_position
from lifecycle_fsm.store.migrate import current, downgrade, newest
from lifecycle_fsm.store.run_feed import newest_run_position, runs_after
from lifecycle_fsm.store.tables.accounts import account_profile
from tests.databases import PostgresServer, sqlite_database
from tests.fakes import Clock
from tests.services.audit.histories import ROWS, a_long_story
from tests.tools import older_tools, postgresql_tools
from tests.worlds import ADMIN, Stage, a_stage

GROUND = "GDPR article 17"
PLAIN = After()


@dataclass(slots=True)
class Keeper:
    """Somebody who keeps a store: makes backups, restores them, looks into what came back."""

    stage: Stage
    url: str
    folder: Path
    other: str

    def back_up(self, name: str = "backup") -> Manifest:
        return back_up(self.stage.world, ADMIN, self.folder / name, "1.2.3", postgresql_tools(), silent)

    def restore(self, after: After = PLAIN, *, name: str = "backup", here: bool = False) -> Restored:
        """Restore into an empty store, or over this one."""
        if here:
            self.stage.world.database.dispose()
        order = Restore(self.folder / name, after, here, postgresql_tools())
        return restore(self.url if here else self.other, self.stage.clock, ADMIN, order, silent)

    def contents(self, url: str | None = None) -> Contents:
        database = Database(url or self.url, connections=1)
        with database.reading() as connection:
            found = contents_of(connection)
        database.dispose()
        assert found is not None
        return found


def silent(done: int, of: int) -> None:
    assert 0 <= done <= of


@pytest.fixture
def keeper(database_url: str, tmp_path: Path, migrated_file: Path, request: pytest.FixtureRequest) -> Iterator[Keeper]:
    with a_stage(database_url) as stage:
        stage.world = World(stage.world.database, stage.clock, erasures=tmp_path / "erasures.ndjson")
        if database_url.startswith("sqlite"):
            with sqlite_database(tmp_path, migrated_file) as other:
                yield Keeper(stage, database_url, tmp_path, other)
        else:
            server: PostgresServer = request.getfixturevalue("postgresql")
            with server.database() as other:
                yield Keeper(stage, database_url, tmp_path, other)


def test_a_backup_comes_back_as_it_was_and_is_served(keeper: Keeper) -> None:
    accounts = [a_long_story(keeper.stage, key) for key in ("ACME", "BOLT")]
    sign_checkpoint(keeper.stage.world, ADMIN, make_signer("example.com/log"))
    made = keeper.back_up()

    done = keeper.restore()

    assert (done.erased, done.report.rows, done.report.flaws) == (0, 2 * ROWS, [])
    assert made.contents == keeper.contents()
    assert made.contents.rows["transition_log"] == 2 * ROWS
    assert (made.checkpoint or "").startswith("example.com/log\n")
    world = World(Database(keeper.other), keeper.stage.clock)
    seen = Stage(world, keeper.stage.clock, 10)
    assert [seen.see(each) for each in accounts] == [keeper.stage.see(each) for each in accounts]
    seen.send(accounts[0], setup_completion=99)
    with world.database.reading() as connection:
        last = list(all_entries(connection))[-1].entry
    assert (last.kind, last.actor, last.subject) == (AuditKind.RESTORED, "root", made.sha256)
    assert verify(world, ADMIN).holds
    world.database.dispose()


def test_rows_that_came_back_are_not_told_to_followers_as_new(keeper: Keeper) -> None:
    a_long_story(keeper.stage)
    keeper.back_up()
    keeper.restore()

    database = Database(keeper.other)
    with database.reading() as connection:
        told = appended_after(connection, newest_position(connection), 100)
        columns = appended_after(connection, Position(0), 100)
        runs = runs_after(connection, newest_run_position(connection), 100)
    database.dispose()

    assert (told, runs) == ((), ())
    assert len(columns) == (ROWS if keeper.url.startswith("sqlite") else 0)


def test_others_write_while_a_backup_is_made(keeper: Keeper) -> None:
    for number in range(40):
        keeper.stage.sign(f"A{number}", arr=1)
    before = keeper.contents()
    wrote: list[UUID] = []

    def told(_: int, __: int) -> None:
        wrote.append(keeper.stage.sign(f"B{len(wrote)}", arr=1))

    made = back_up(keeper.stage.world, ADMIN, keeper.folder / "backup", "1", postgresql_tools(), told)
    restored = keeper.restore()

    assert wrote
    assert made.contents == before
    assert (restored.report.accounts, restored.report.flaws) == (40, [])


def test_an_erased_account_does_not_come_back_with_an_older_backup(keeper: Keeper) -> None:
    erased, kept = (a_long_story(keeper.stage, key) for key in ("ACME", "BOLT"))
    keeper.back_up()
    erase_account(keeper.stage.world, ADMIN, erased, GROUND)
    listed = listed_erasures(keeper.folder / "erasures.ndjson")

    done = keeper.restore(After(listed), here=True)

    assert (done.erased, done.report.flaws) == (1, [])
    with keeper.stage.world.database.reading() as connection:
        names = list(connection.execute(select(account_profile.c.account_id)).scalars())
    assert names == [kept]
    assert [each.key for each in erasure_list(keeper.stage.world, ADMIN)] == [erased]
    report = verify(keeper.stage.world, ADMIN)
    assert (report.flaws, report.excepted["erased"]) == ([], 1)


def test_a_store_that_came_back_by_other_means_is_made_fit(keeper: Keeper) -> None:
    """The files of a database are copied as they were at an instant, as a recovery to a point in time does."""
    erased, kept = (a_long_story(keeper.stage, key) for key in ("ACME", "BOLT"))
    keeper.stage.world.database.dispose()
    copy_files(keeper.url, keeper.other)
    erase_account(keeper.stage.world, ADMIN, erased, GROUND)
    listed = listed_erasures(keeper.folder / "erasures.ndjson")
    recovered = World(Database(keeper.other), keeper.stage.clock)

    done = settle(recovered, ADMIN, After(listed), "recovered by other means", {}, silent)
    again = settle(recovered, ADMIN, After(listed), "recovered by other means", {}, silent)

    assert (done.erased, again.erased, done.report.flaws) == (1, 0, [])
    with recovered.database.reading() as connection:
        assert list(connection.execute(select(account_profile.c.account_id)).scalars()) == [kept]
    recovered.database.dispose()


def copy_files(source: str, target: str) -> None:
    """Make one database the very copy of another."""
    if source.startswith("sqlite"):
        shutil.copyfile(source.removeprefix("sqlite:///"), target.removeprefix("sqlite:///"))
        return
    server = make_url(source).set(drivername="postgresql", database="postgres")
    names = [sql.Identifier(make_url(each).database or "") for each in (target, source)]
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(names[0]))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))


def test_every_erasure_is_on_the_list_outside_of_the_store(keeper: Keeper) -> None:
    first, second = (keeper.stage.sign(key) for key in ("ACME", "BOLT"))
    erase_account(World(keeper.stage.world.database, keeper.stage.clock), ADMIN, first, GROUND)
    erase_account(keeper.stage.world, ADMIN, second, GROUND)
    before = listed_erasures(keeper.folder / "erasures.ndjson")

    keeper.back_up()

    after = listed_erasures(keeper.folder / "erasures.ndjson")
    assert [[each.key for each in listed] for listed in (before, after)] == [[second], [second, first]]
    assert (keeper.folder / "erasures.ndjson").stat().st_mode & 0o077 == 0


def test_an_interrupted_backup_leaves_nothing(keeper: Keeper) -> None:
    keeper.stage.sign()

    def told(_: int, __: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(keeper.stage.world, ADMIN, keeper.folder / "backup", "1", postgresql_tools(), told)

    assert [each for each in keeper.folder.iterdir() if each.is_dir()] == []


def test_what_a_killed_backup_leaves_is_no_backup(keeper: Keeper) -> None:
    keeper.back_up()
    (keeper.folder / "backup" / MANIFEST).unlink()

    with pytest.raises(BackupDamaged, match="no backup, or one that was interrupted"):
        keeper.restore()


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "manifest"])
def test_a_damaged_backup_is_refused_and_the_store_stays(keeper: Keeper, damage: str) -> None:
    a_long_story(keeper.stage)
    made = keeper.back_up()
    before = keeper.contents()
    file, manifest = keeper.folder / "backup" / made.file, keeper.folder / "backup" / MANIFEST
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    match damage:
        case "cut":
            file.write_bytes(content[:-100])
        case "changed":
            file.write_bytes(content)
        case "missing":
            file.unlink()
        case _:
            manifest.write_text(manifest.read_text().replace('"transition_log": 7', '"transition_log": 8'))

    with pytest.raises(BackupDamaged):
        keeper.restore(here=True)

    assert keeper.contents() == before
    keeper.stage.send(keeper.stage.sign("BOLT"), setup_completion=1)


def test_a_store_with_rows_is_replaced_only_by_force(keeper: Keeper) -> None:
    keeper.stage.sign()
    keeper.back_up()

    with pytest.raises(StoreNotEmpty, match="give --force"):
        restore(keeper.url, keeper.stage.clock, ADMIN, Restore(keeper.folder / "backup", After()), silent)


def test_a_store_in_use_is_not_replaced(keeper: Keeper) -> None:
    keeper.stage.sign()
    keeper.back_up()
    order = Restore(keeper.folder / "backup", After(), force=True, tools=postgresql_tools())

    with keeper.stage.world.database.reading(), pytest.raises(StoreInUse, match="stop every"):
        restore(keeper.url, keeper.stage.clock, ADMIN, order, silent)

    assert keeper.stage.sign("BOLT")


def test_a_history_that_does_not_hold_is_refused_unless_that_is_known(keeper: Keeper) -> None:
    account = a_long_story(keeper.stage)
    with keeper.stage.world.database.writing() as connection:
        connection.exec_driver_sql("UPDATE account_state SET state_version = state_version + 1")
    keeper.back_up("flawed")
    before = keeper.contents()

    with pytest.raises(BackupFailed, match=r"history does not hold, 1 flaw, the first head: .*--accept-flaws"):
        keeper.restore(here=True, name="flawed")
    unchanged = keeper.contents()
    done = keeper.restore(After(accept_flaws=True), here=True, name="flawed")

    assert unchanged == before
    assert [flaw.account_id for flaw in done.report.flaws] == [account]


def test_a_backup_of_an_earlier_revision_is_brought_up(keeper: Keeper) -> None:
    a_long_story(keeper.stage)
    keeper.stage.world.database.dispose()
    downgrade(keeper.url, "0018")
    made = keeper.back_up()

    done = keeper.restore()

    assert (made.contents.revision, current(keeper.other)) == ("0018", newest())
    assert (done.report.rows, done.report.flaws) == (ROWS, [])


def test_tokens_end_with_a_restore_where_that_is_asked_for(keeper: Keeper) -> None:
    issued = issue_token(keeper.stage.world, ADMIN, "vic", ADMIN.roles, None)
    keeper.back_up()

    done = keeper.restore(After(revoke_tokens=True))

    world = World(Database(keeper.other), keeper.stage.clock)
    assert done.revoked == 1
    with pytest.raises(Unauthenticated):
        actor_of_token(world, issued.token)
    world.database.dispose()


def test_a_backup_of_another_kind_or_a_later_release_is_told(keeper: Keeper) -> None:
    keeper.back_up()
    manifest = keeper.folder / "backup" / MANIFEST
    kind = "sqlite" if keeper.url.startswith("postgresql") else "postgresql"
    written = manifest.read_text()

    manifest.write_text(written.replace(f'"kind": "{read_manifest(written).kind}"', f'"kind": "{kind}"'))
    with pytest.raises(InvalidInput, match=f"the backup is of {kind}"):
        keeper.restore()
    manifest.write_text(written.replace(f'"revision": "{newest()}"', '"revision": "9999"'))
    with pytest.raises(InvalidInput, match=r"tables of revision '9999' of release 1\.2\.3; use that or a later one"):
        keeper.restore()


def test_a_folder_that_is_there_is_not_overwritten(keeper: Keeper) -> None:
    (keeper.folder / "backup").mkdir()

    with pytest.raises(InvalidInput, match="is there already"):
        keeper.back_up()

    assert list((keeper.folder / "backup").iterdir()) == []


@pytest.fixture
def on_postgresql(postgres_url: str) -> Iterator[World]:
    world = World(Database(postgres_url, connections=1), Clock(datetime.fromisoformat("2026-01-01T00:00:00Z")))
    yield world
    world.database.dispose()


def test_programs_of_postgresql_that_are_missing_or_old_are_told(on_postgresql: World, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    old = older_tools(tmp_path / "old", 12)

    for folder, said in (
        (tmp_path / "empty", r"pg_dump is not in \S+empty; install PostgreSQL's client programs of version \d+"),
        (old, r"pg_dump is of version 12, and the server of version \d+"),
    ):
        with pytest.raises(ToolMissing, match=said):
            back_up(on_postgresql, ADMIN, tmp_path / "backup", "1", folder, silent)

    assert not (tmp_path / "backup").exists()


def test_an_error_of_pg_dump_is_quoted_without_the_password(on_postgresql: World, tmp_path: Path) -> None:
    failing = older_tools(tmp_path / "failing", 99)

    with pytest.raises(BackupFailed, match=r"^pg_dump ended with 1: pg_dump: error: no luck$"):
        back_up(on_postgresql, ADMIN, tmp_path / "backup", "1", failing, silent)


def test_a_restore_that_was_killed_is_told_and_nothing_is_lost(
    postgresql: PostgresServer, tmp_path: Path, migrated_file: Path
) -> None:
    with postgresql.database() as url, a_stage(url) as stage:
        stage.sign()
        back_up(stage.world, ADMIN, tmp_path / "backup", "1", postgresql_tools(), silent)
        with stage.world.database.writing() as connection:
            connection.exec_driver_sql("CREATE SCHEMA lifecycle_replaced")
        stage.world.database.dispose()
        order = Restore(tmp_path / "backup", After(), force=True, tools=postgresql_tools())

        with pytest.raises(BackupFailed, match="a restore was killed"):
            restore(url, stage.clock, ADMIN, order, silent)

        assert make_url(url).database
        assert stage.sign("BOLT")


def test_a_damaged_file_of_sqlite_is_replaced(tmp_path: Path, migrated_file: Path) -> None:
    good, bad = tmp_path / "good.db", tmp_path / "bad.db"
    shutil.copyfile(migrated_file, good)
    bad.write_bytes(b"SQLite format 3\0" + bytes(5000))
    with a_stage(f"sqlite:///{good}") as stage:
        stage.sign()
        back_up(stage.world, ADMIN, tmp_path / "backup", "1", None, silent)
        done = restore(
            f"sqlite:///{bad}", stage.clock, ADMIN, Restore(tmp_path / "backup", After(), force=True), silent
        )

    assert (done.report.accounts, done.report.flaws) == (1, [])
