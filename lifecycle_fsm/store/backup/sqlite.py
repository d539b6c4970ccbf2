"""A SQLite file copied while it is in use, and put in the place of another."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lifecycle_fsm.domain.errors import BackupDamaged, StoreInUse
from lifecycle_fsm.store.backup.folder import Told
from lifecycle_fsm.store.failures import store_failed

FILE = "store.db"
_PAGES = 2_000
_BESIDE = ("-wal", "-shm", "-line")


def copy_file(source: Path, copy: Path, told: Told) -> None:
    """
    Copy one snapshot of a file with SQLite's online backup; others go on reading and writing meanwhile.

    Raises:
        StoreFailed: the file cannot be read, or the copy not be written.
        BackupDamaged: the copy is not sound.
    """
    with _translated(), closing(_opened(source)) as reading, closing(sqlite3.connect(copy)) as writing:
        # The snapshot is held from here on; without it every write of others would begin the copy anew.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reading.backup(writing, pages=_PAGES, progress=lambda _, left, total: told(total - left, total), sleep=0)
        writing.execute("PRAGMA journal_mode = DELETE")
    copy.chmod(0o600)
    check_sound(copy)


def check_sound(file: Path) -> None:
    """
    Let SQLite look through every page and index.

    Raises:
        BackupDamaged: something is not as it should be.
    """
    with _translated(), closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise BackupDamaged(f"the database in the copy is damaged: {'; '.join(found)[:300]}")


@contextmanager
def replaced(target: Path, backup: Path) -> Iterator[Path]:
    """
    Lend a copy of a backup beside the target, which takes the target's place at the end.

    Whatever is raised, the target stays as it was.

    Raises:
        StoreInUse: somebody has the target open.
    """
    alone(target)
    draft = target.with_name(f"{target.name}.restoring")
    _remove(draft)
    try:
        shutil.copyfile(backup, draft)
        draft.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o600)
        yield draft
        settle(draft)
        alone(target)
        for suffix in _BESIDE:
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        draft.replace(target)
    finally:
        _remove(draft)


def alone(target: Path) -> None:
    """
    Make sure that no process has a file open.

    Raises:
        StoreInUse: one has.
    """
    if not target.exists() or not target.stat().st_size:
        return
    try:
        settle(target)
    except sqlite3.OperationalError as error:
        raise StoreInUse(
            f"another process has {target} open; stop every `serve` and `worker` first ({error})"
        ) from error
    except sqlite3.DatabaseError:
        return  # A damaged file is what restores are for.


def settle(file: Path) -> None:
    """Write what waits beside a file into it; only who has it alone may leave the write-ahead log."""
    with closing(sqlite3.connect(file, timeout=1)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _remove(draft: Path) -> None:
    for suffix in ("", *_BESIDE, "-journal"):
        draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _opened(source: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    connection.execute("PRAGMA busy_timeout = 30000")
    return connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise store_failed(error) from error
