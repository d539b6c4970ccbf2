"""History as NDJSON that anybody can check without a database; what was exported by whom is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_chain import canonical_of
from lifecycle_fsm.store.audit_entries import AuditEntry, Detail, all_entries, append_entry, canonical_audit_entry
from lifecycle_fsm.store.audit_rows import Span, id_text, read_log, read_positions, split
from lifecycle_fsm.store.checkpoints import load_checkpoints
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.merkle_log import AUDIT_CHAIN, find_leaf

FORMAT = "lifecycle-export/v1"


@dataclass(frozen=True, slots=True)
class Watermark:
    """The last row that an earlier export wrote: the next goes on behind it."""

    account_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Exported:
    """How many rows were written, and where the next export goes on; None where there was no row."""

    rows: int
    watermark: Watermark | None


def export_history(
    world: World,
    actor: Actor,
    write: Callable[[bytes], object],
    account_id: UUID | None = None,
    after: Watermark | None = None,
) -> Exported:
    """
    Write the history of one account or of all as NDJSON, a page at a time, from one snapshot.

    The first line is the header with the newest checkpoint, the last one counts the rows
    and has the SHA-256 of all bytes before it. An export of everything also has the
    audit entries, so that the root of the log can be built again.

    Raises:
        Forbidden: the actor may not read history.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    sink, now = _Sink(write), world.clock()
    with world.database.reading() as connection:
        newest = max(load_checkpoints(connection), key=lambda each: each.size, default=None)
        sink.put(
            {
                "format": FORMAT,
                "exported_at": to_ms(now),
                "exported_by": actor.name,
                "account_id": None if account_id is None else str(account_id),
                "after": None if after is None else [str(after.account_id), after.seq],
                "checkpoint": None if newest is None else newest.note,
            }
        )
        if account_id is None and after is None:
            _write_entries(connection, sink)
        watermark = _write_rows(connection, sink, account_id, after)
    sink.put({"rows": sink.rows, "sha256": sink.digest.hexdigest()})
    _record(world, actor, account_id, sink)
    return Exported(sink.rows, watermark)


class _Sink:
    """Writes lines, counts rows, and remembers the digest of everything."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.digest = sha256()
        self.rows = 0

    def put(self, line: dict[str, object]) -> None:
        self.put_bytes(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def put_bytes(self, line: bytes) -> None:
        self._write(line)
        self.digest.update(line)

    def chained(self, canonical: bytes, hashes: tuple[bytes, bytes], position: int | None, kind: bytes) -> None:
        """Write a chained row with its canonical bytes as they were hashed."""
        previous, own = (each.hex().encode() for each in hashes)
        place = b"null" if position is None else b"%d" % position
        parts = (kind, canonical, previous, own, place)
        self.put_bytes(b'{"%s":%s,"prev_hash":"%s","hash":"%s","position":%s}\n' % parts)


def _write_entries(connection: Connection, sink: _Sink) -> None:
    for each in all_entries(connection):
        leaf = find_leaf(connection, AUDIT_CHAIN, each.seq)
        canonical = canonical_audit_entry(each.seq, each.entry)
        sink.chained(canonical, (each.prev_hash, each.hash), None if leaf is None else leaf.position, b"entry")


def _write_rows(
    connection: Connection, sink: _Sink, account_id: UUID | None, after: Watermark | None
) -> Watermark | None:
    watermark = after
    for page in read_log(connection, _span(account_id, after), -1 if after is None else after.seq):
        positions = read_positions(connection, page)
        for row in page:
            position = positions.get((row.account_id, row.seq))
            sink.chained(canonical_of(row), (row.prev_hash, row.hash), position, b"row")
        sink.rows += len(page)
        watermark = Watermark(UUID(id_text(page[-1].account_id)), page[-1].seq)
    return watermark


def _span(account_id: UUID | None, after: Watermark | None) -> Span:
    (whole,) = split(1)
    if account_id is not None:
        return Span(account_id, account_id)
    return whole if after is None else Span(after.account_id, whole.high)


def _record(world: World, actor: Actor, account_id: UUID | None, sink: _Sink) -> None:
    subject = "all accounts" if account_id is None else str(account_id)
    details: dict[str, Detail] = {"rows": sink.rows, "sha256": sink.digest.hexdigest()}
    with world.database.writing() as connection:
        append_entry(connection, AuditEntry(AuditKind.EXPORTED, actor.name, subject, world.clock(), details))
