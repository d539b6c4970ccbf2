"""A whole store is copied while it is in use, into a folder that says what is in it."""

from pathlib import Path

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.backup import Contents, Manifest
from lifecycle_fsm.domain.errors import BackupFailed
from lifecycle_fsm.services.audit.erase import all_erasures, keep_outside
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.backup import postgresql, sqlite
from lifecycle_fsm.store.backup.contents import contents_of, newest_note, our_tables
from lifecycle_fsm.store.backup.folder import Told, measure, new_folder, write_manifest
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.tables.audit import erasure

__all__ = ["Told", "back_up"]


def back_up(world: World, actor: Actor, target: Path, release: str, tools: Path | None, told: Told) -> Manifest:
    """
    Copy the store into a new folder; others read and write meanwhile, and the copy shows one instant.

    The tables may be of any revision. Erasures that the list outside lacks are put on it.

    Raises:
        Forbidden: the actor may not operate.
        InvalidInput: the folder is there already, or the one that it would be in is not.
        ToolMissing: pg_dump is not there, or too old.
        BackupFailed: the store has no tables, or pg_dump stopped.
        BackupDamaged: the copy is not sound.
    """
    require(actor, Capability.OPERATE)
    made_at = world.clock()
    with new_folder(target) as draft:
        copied = _sqlite if world.database.is_sqlite else _postgresql
        file, schema, contents, note = copied(world, draft, tools, told)
        size, digest = measure(file)
        kind = "sqlite" if world.database.is_sqlite else "postgresql"
        made = Manifest(kind, release, made_at, schema, contents, note, file.name, size, digest)
        write_manifest(draft, made)
    return made


_Copied = tuple[Path, str | None, Contents, str | None]


def _sqlite(world: World, draft: Path, _: Path | None, told: Told) -> _Copied:
    file = draft / sqlite.FILE
    sqlite.copy_file(Path(world.database.url.database or ""), file, told)
    copy = Database(f"sqlite:///{file}", connections=1)
    try:
        with copy.reading() as connection:
            contents, note = _looked_through(world, connection)
    finally:
        copy.dispose()
    sqlite.settle(file)
    return file, None, contents, note


def _postgresql(world: World, draft: Path, tools: Path | None, told: Told) -> _Copied:
    file = draft / postgresql.FILE
    with world.database.reading() as connection:
        contents, note = _looked_through(world, connection)
        schema = postgresql.dump(connection, world.database, file, tools, told)
    return file, schema, contents, note


def _looked_through(world: World, connection: Connection) -> tuple[Contents, str | None]:
    contents = contents_of(connection)
    if contents is None:
        raise BackupFailed("the store has no tables, so there is nothing to keep; is LIFECYCLE_DATABASE_URL right?")
    if erasure.name in our_tables(connection):
        keep_outside(world, all_erasures(connection))
    return contents, newest_note(connection)
