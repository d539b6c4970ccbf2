"""History as NDJSON that anybody can check without a database; what was exported by whom is recorded."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO, Protocol
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.audit.signing import read_unsigned
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, Detail, all_entries, append_entry, canonical_audit_entry
from lifecycle_fsm.store.audit_rows import LogRow, Span, id_text, read_log, read_positions, split
from lifecycle_fsm.store.canonical_rows import canonical_of
from lifecycle_fsm.store.checkpoints import load_checkpoints
from lifecycle_fsm.store.chosen_rows import Chosen, known_segments, read_chosen
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_ms
from lifecycle_fsm.store.merkle import inclusion_proof
from lifecycle_fsm.store.merkle_log import AUDIT_CHAIN, find_leaf, log_size, remembering_subtree

__all__ = ["Chosen"]

FORMAT = "lifecycle-export/v1"
FILTERS = ("segment", "recorded_since", "recorded_before")
"""Where the header says which rows were chosen."""

EVERYTHING = Chosen()


class Digest(Protocol):
    """A hash that takes bytes piece by piece."""

    def update(self, data: bytes, /) -> None:
        """Take bytes."""

    def hexdigest(self) -> str:
        """The hash of all bytes, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """The last row that an earlier export wrote: the next goes on behind it."""

    account_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: one account or all, only the rows that are chosen, and only what stands behind a watermark."""

    account_id: UUID | None = None
    after: Watermark | None = None
    chosen: Chosen = EVERYTHING

    @property
    def is_whole(self) -> bool:
        """Whether the root of the log can be built again from it."""
        return self.after is None and not self.is_part

    @property
    def is_part(self) -> bool:
        """Whether rows are left out beside those before the watermark; then each carries its own proof."""
        return self.account_id is not None or not self.chosen.is_everything


@dataclass(frozen=True, slots=True)
class Exported:
    """
    What was written.

    `watermark` is the last row, None where there was none. Every row that the log has at a
    position below `complete_to` is in the export, as far as it was wanted.
    """

    rows: int
    watermark: Watermark | None
    complete_to: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Begun:
    """
    The whole lines of an interrupted export: their bytes, rows and digest, and where to go on.

    `signed` is how many leaves its checkpoint speaks of.
    """

    size: int
    rows: int
    watermark: Watermark
    complete_to: int
    signed: int
    digest: Digest


def choose_rows(segment: str | None, since: datetime | None, before: datetime | None) -> Chosen:
    """
    Choose what is exported.

    Raises:
        InvalidInput: the period is none.
    """
    if any(each is not None and take_instant(each) is None for each in (since, before)):
        raise InvalidInput("the period needs instants with a time zone", path="since")
    if since is not None and before is not None and since >= before:
        raise InvalidInput("the period ends before it begins", path="before")
    return Chosen(segment, since, before)


def export_history(
    world: World, actor: Actor, write: Callable[[bytes], object], wanted: Wanted | None = None
) -> Exported:
    """
    Write the history of one account or of all as NDJSON, and record who did.

    Raises:
        Forbidden: the actor may not read history.
    """
    chosen = wanted or Wanted()
    done = write_history(world, actor, write, chosen)
    record_export(world, actor, chosen, done, {"form": "ndjson", "sha256": done.sha256})
    return done


def foresee_export(world: World, actor: Actor, chosen: Chosen) -> None:
    """
    Look whether an export could be made; none is.

    Raises:
        Forbidden: the actor may not read the history of everything.
        InvalidInput: no rules were ever published for the segment.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    with world.database.reading() as connection:
        _check_segment(connection, chosen.segment)


def write_history(
    world: World,
    actor: Actor,
    write: Callable[[bytes], object],
    wanted: Wanted,
    *,
    form: str = "ndjson",
    begun: Begun | None = None,
) -> Exported:
    """
    Write history as NDJSON, a page at a time, from one snapshot.

    The first line is the header with the newest checkpoint, the last one counts the rows
    and has the SHA-256 of all bytes before it. An export of everything also has the
    audit entries, so that the root of the log can be built again. Of an account or of
    chosen rows each row has its inclusion proof. An export that was `begun` goes on
    with its rows: what its checkpoint covers was there then as now.

    Raises:
        Forbidden: the actor may not read history.
        InvalidInput: no rules were ever published for the segment.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    sink = _Sink(write, begun)
    with world.database.reading() as connection:
        _check_segment(connection, wanted.chosen.segment)
        if begun is None:
            complete_to, note = log_size(connection), _newest_note(connection)
            signed = _signed_size(note)
            sink.put(_header(world, actor, wanted, form) | {"checkpoint": note, "complete_to": complete_to})
            if wanted.is_whole:
                _write_entries(connection, sink)
        else:
            complete_to, signed = begun.complete_to, begun.signed
        prover = Prover(connection, signed) if wanted.is_part else None
        after = wanted.after if begun is None else begun.watermark
        watermark = _write_rows(connection, sink, wanted, after, prover)
    digest = sink.digest.hexdigest()
    sink.put({"rows": sink.rows, "sha256": digest})
    return Exported(sink.rows, watermark, complete_to, digest)


def record_export(world: World, actor: Actor, wanted: Wanted, done: Exported, details: Mapping[str, Detail]) -> None:
    """Append the audit entry that says who exported what."""
    subject = "all accounts" if wanted.account_id is None else str(wanted.account_id)
    after = None if wanted.after is None else f"{wanted.after.account_id} {wanted.after.seq}"
    rows: dict[str, Detail] = {"rows": done.rows, "complete_to": done.complete_to, "after": after}
    said = {**details, **rows, **{name: value for name, value in _filter(wanted.chosen).items() if value is not None}}
    with world.database.writing() as connection:
        append_entry(connection, AuditEntry(AuditKind.EXPORTED, actor.name, subject, world.clock(), said))


def resume_export(stream: BinaryIO, wanted: Wanted, form: str, actor: Actor) -> Begun | None:
    """
    Read what is whole of an interrupted export; None where no row is.

    Raises:
        InvalidInput: it was begun by somebody else, or for something else.
    """
    digest, size, rows, last = sha256(), 0, 0, b""
    header = stream.readline()
    if not header.endswith(b"\n"):
        return None
    said = _read_header(header)
    expected = {"exported_by": actor.name, "form": form, **_chosen(wanted)}
    if {name: said.get(name) for name in expected} != expected:
        raise InvalidInput("the interrupted export was another person's or of something else", path="FILE")
    line = header
    while line.endswith(b"\n") and not line.startswith(b'{"rows":'):
        digest.update(line)
        size += len(line)
        if line.startswith(b'{"row":'):
            rows, last = rows + 1, line
        line = stream.readline()
    if not last:
        return None
    row = orjson.loads(last)["row"]
    watermark = Watermark(UUID(row["account_id"]), row["seq"])
    return Begun(size, rows, watermark, said["complete_to"], _signed_size(said["checkpoint"]), digest)


def _read_header(line: bytes) -> dict[str, Any]:
    try:
        said: dict[str, Any] = orjson.loads(line)
    except ValueError as error:
        raise InvalidInput("what is there is no interrupted export; remove it and begin anew", path="FILE") from error
    return said


class _Sink:
    """Writes lines, counts rows, and remembers the digest of everything."""

    def __init__(self, write: Callable[[bytes], object], begun: Begun | None = None) -> None:
        self._write = write
        self.digest: Digest = sha256() if begun is None else begun.digest
        self.rows = 0 if begun is None else begun.rows

    def put(self, line: Mapping[str, object]) -> None:
        self.put_bytes(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def put_bytes(self, line: bytes) -> None:
        self._write(line)
        self.digest.update(line)

    def chained(self, canonical: bytes, hashes: tuple[bytes, bytes], place: bytes, kind: bytes) -> None:
        """Write a chained row with its canonical bytes as they were hashed, and its place in the log."""
        previous, own = (each.hex().encode() for each in hashes)
        parts = (kind, canonical, previous, own, place)
        self.put_bytes(b'{"%s":%s,"prev_hash":"%s","hash":"%s","position":%s}\n' % parts)


class Prover:
    """Prove rows in the log of so many leaves, from one snapshot."""

    def __init__(self, connection: Connection, size: int) -> None:
        self._subtree = remembering_subtree(connection)
        self._size = size

    def path(self, position: int | None) -> list[str] | None:
        """The hashes from a leaf to the root, lowest first, in hexadecimal; None for a row that is not in that log."""
        if position is None or position >= self._size:
            return None
        return [each.hex() for each in inclusion_proof(position, self._size, self._subtree)]


def _chosen(wanted: Wanted) -> dict[str, object]:
    account_id, after = wanted.account_id, wanted.after
    return {
        "account_id": None if account_id is None else str(account_id),
        "after": None if after is None else [str(after.account_id), after.seq],
        **_filter(wanted.chosen),
    }


def _check_segment(connection: Connection, segment: str | None) -> None:
    if segment is not None and segment not in known_segments(connection):
        known = ", ".join(known_segments(connection)) or "none"
        raise InvalidInput(f"no rules were ever published for {segment!r}; there are: {known}", path="segment")


def _filter(chosen: Chosen) -> dict[str, str | int | None]:
    since, before = (optional_ms(each) for each in (chosen.since, chosen.before))
    return dict(zip(FILTERS, (chosen.segment, since, before), strict=True))


def _newest_note(connection: Connection) -> str | None:
    newest = max(load_checkpoints(connection), key=lambda each: each.size, default=None)
    return None if newest is None else newest.note


def _signed_size(note: str | None) -> int:
    said = None if note is None else read_unsigned(note)
    return 0 if said is None else said.size


def _header(world: World, actor: Actor, wanted: Wanted, form: str) -> dict[str, object]:
    return {
        "format": FORMAT,
        "form": form,
        "exported_at": to_ms(world.clock()),
        "exported_by": actor.name,
        **_chosen(wanted),
    }


def _write_entries(connection: Connection, sink: _Sink) -> None:
    for each in all_entries(connection):
        leaf = find_leaf(connection, AUDIT_CHAIN, each.seq)
        canonical = canonical_audit_entry(each.seq, each.entry)
        sink.chained(canonical, (each.prev_hash, each.hash), _place(None if leaf is None else leaf.position), b"entry")


def _write_rows(
    connection: Connection, sink: _Sink, wanted: Wanted, after: Watermark | None, prover: Prover | None
) -> Watermark | None:
    watermark = after
    for page in _pages(connection, wanted, after):
        for row, position in page:
            place = _place(position)
            if prover is not None:
                place += b',"proof":' + orjson.dumps(prover.path(position))
            sink.chained(canonical_of(row), (row.prev_hash, row.hash), place, b"row")
        sink.rows += len(page)
        last, _ = page[-1]
        watermark = Watermark(UUID(id_text(last.account_id)), last.seq)
    return watermark


def _place(position: int | None) -> bytes:
    return b"null" if position is None else b"%d" % position


def _pages(
    connection: Connection, wanted: Wanted, after: Watermark | None
) -> Iterator[list[tuple[LogRow, int | None]]]:
    """The rows by account and number, each with its position in the log."""
    span, seq = _span(wanted.account_id, after), -1 if after is None else after.seq
    if not wanted.chosen.is_everything:
        yield from read_chosen(connection, span, seq, wanted.chosen)
        return
    for page in read_log(connection, span, seq):
        positions = read_positions(connection, page)
        yield [(row, positions.get((row.account_id, row.seq))) for row in page]


def _span(account_id: UUID | None, after: Watermark | None) -> Span:
    (whole,) = split(1)
    if account_id is not None:
        return Span(account_id, account_id)
    return whole if after is None else Span(after.account_id, whole.high)
