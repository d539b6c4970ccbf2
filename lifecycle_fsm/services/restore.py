"""A store out of a backup, held to its manifest, without those who were erased since, and verified."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.backup import Contents, Manifest
from lifecycle_fsm.domain.counted import counted
from lifecycle_fsm.domain.errors import BackupDamaged, BackupFailed, InvalidInput, StoreNotEmpty
from lifecycle_fsm.services.audit.erase import AnyErasure, read_erasures, replay_erasures
from lifecycle_fsm.services.audit.verify import Extent, Report, verify
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, Detail, append_entry
from lifecycle_fsm.store.backup import postgresql, sqlite
from lifecycle_fsm.store.backup.contents import contents_of
from lifecycle_fsm.store.backup.folder import Told, check_file, load_manifest
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.erasure import Erasure
from lifecycle_fsm.store.erasure_list import read_list
from lifecycle_fsm.store.guards_on_history import check_guards
from lifecycle_fsm.store.keys import revoke_all_keys
from lifecycle_fsm.store.migrate import is_known, upgrade

__all__ = ["Told", "load_manifest"]

_OF_WORKERS = frozenset({"worker", "job"})
"""Tables that a server fills by itself, so that a store with nothing else in it is empty."""


@dataclass(frozen=True, slots=True)
class After:
    """
    Say what is done to a store that came back.

    `erasures` are erased again. With `revoke_tokens` every token ends, for some may have been revoked
    since. With `accept_flaws` history may have been tampered with before the backup was made.
    """

    erasures: tuple[AnyErasure, ...] = ()
    revoke_tokens: bool = False
    accept_flaws: bool = False


@dataclass(frozen=True, slots=True)
class Restore:
    """Say what to restore, how, and over what; `force` replaces what is in the store."""

    source: Path
    after: After
    force: bool = False
    tools: Path | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: who was erased again, how many tokens ended, and what verification found."""

    erased: int
    revoked: int
    report: Report


def listed_erasures(file: Path) -> tuple[AnyErasure, ...]:
    """
    Read the list that is kept outside of the store.

    Raises:
        InvalidInput: there is no such file, or a line is none of a list.
    """
    if not file.is_file():
        message = f"the list of erasures {file} is not there; bring it, or make an empty file if nobody was erased"
        raise InvalidInput(message, path="LIFECYCLE_ERASURES")
    return read_erasures(read_list(file))


def foresee_restore(url: str, actor: Actor, order: Restore, told: Told) -> Manifest:
    """
    Check everything that can be checked before a restore, and change nothing.

    Raises:
        Forbidden: the actor may not operate.
        BackupDamaged: the backup is not what its manifest says.
        InvalidInput: it is of another kind of database, or of a later release.
        StoreNotEmpty: the store has rows, and the order does not replace them.
    """
    require(actor, Capability.OPERATE)
    manifest = load_manifest(order.source)
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    if manifest.kind != kind:
        raise InvalidInput(
            f"the backup is of {manifest.kind}, and the store is {kind}; restore it there", path="SOURCE"
        )
    if not is_known(manifest.contents.revision):
        revision = manifest.contents.revision
        message = (
            f"the backup has tables of revision {revision!r} of release {manifest.release}; use that or a later one"
        )
        raise InvalidInput(message, path="SOURCE")
    if not order.force:
        _refuse_rows(url)
    check_file(order.source, manifest, told)
    return manifest


def restore(url: str, clock: Callable[[], datetime], actor: Actor, order: Restore, told: Told) -> Restored:
    """
    Put a backup in the place of a store; whatever is raised, the store stays as it was.

    Raises:
        Forbidden, BackupDamaged, InvalidInput, StoreNotEmpty: as for `foresee_restore`.
        StoreInUse: a process has the store open.
        ToolMissing: pg_restore is not there, or too old.
        BackupFailed: pg_restore stopped, or history does not hold.
    """
    manifest = foresee_restore(url, actor, order, told)
    with _loaded(url, order, manifest, told) as loaded:
        _hold_to(loaded, manifest.contents)
        upgrade(loaded)
        database = Database(loaded, connections=2)
        try:
            check_guards(database)
            details: dict[str, Detail] = {
                "made_at": manifest.made_at.isoformat(),
                "revision": manifest.contents.revision,
            }
            return settle(World(database, clock), actor, order.after, manifest.sha256, details, told)
        finally:
            database.dispose()


def settle(world: World, actor: Actor, after: After, subject: str, details: dict[str, Detail], told: Told) -> Restored:
    """
    Make a store that came back fit to serve: erase again who was erased, note it, and verify chains, heads and log.

    Raises:
        Forbidden: the actor may not operate.
        BackupFailed: history does not hold; erasures have been replayed all the same.
    """
    require(actor, Capability.OPERATE)
    replayed = replay_erasures(world, actor, after.erasures)
    erased = sum(not each.already and isinstance(each.erasure, Erasure) for each in replayed)
    with world.database.writing() as connection:
        now = world.clock()
        revoked = revoke_all_keys(connection, now) if after.revoke_tokens else 0
        noted = {**details, "erased": erased, "tokens_revoked": revoked}
        append_entry(connection, AuditEntry(AuditKind.RESTORED, actor.name, subject, now, noted))
    report = verify(world, actor, Extent(decisions=False), told=told)
    if not report.holds and not after.accept_flaws:
        first = report.flaws[0]
        place = first.subject or f"account {first.account_id}, row {first.seq}"
        flaws = counted(report.failed, "flaw", "flaws")
        message = f"history does not hold, {flaws}, the first {first.check}: {place}: {first.message}"
        raise BackupFailed(f"{message}; restore an earlier backup, or give --accept-flaws")
    return Restored(erased, revoked, report)


@contextmanager
def _loaded(url: str, order: Restore, manifest: Manifest, told: Told) -> Iterator[str]:
    """Lend the address of the store that was loaded, which takes its place at the end."""
    file = order.source / Path(manifest.file).name
    database = Database(url, connections=1)
    try:
        if database.is_sqlite:
            with sqlite.replaced(Path(database.url.database or ""), file) as draft:
                yield f"sqlite:///{draft}"
            return
        said = postgresql.counting("processing data for table", len(manifest.contents.rows), told)
        with postgresql.replaced(database, file, manifest.schema or "public", order.tools, said):
            yield url
    finally:
        database.dispose()


def _refuse_rows(url: str) -> None:
    found = _contents(url)
    rows = 0 if found is None else sum(count for name, count in found.rows.items() if name not in _OF_WORKERS)
    if rows:
        raise StoreNotEmpty(f"the store has {rows:,} rows; name an empty one, or give --force to replace them")


def _hold_to(url: str, contents: Contents) -> None:
    found = _contents(url)
    if found != contents:
        raise BackupDamaged("the store that came out of the backup is not what the manifest says; take another backup")


def _contents(url: str) -> Contents | None:
    """What a store holds; opening a SQLite file that is not there must not make one."""
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return None
    database = Database(url, connections=1)
    try:
        with database.reading() as connection:
            return contents_of(connection)
    finally:
        database.dispose()
