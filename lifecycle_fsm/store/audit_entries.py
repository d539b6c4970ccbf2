"""The chain of audit entries: what was done beside the history of accounts, in the same form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Row as ResultRow
from sqlalchemy import bindparam, func, insert, select, text

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ledger import GENESIS, canonical_json, chain_hash
from lifecycle_fsm.store.tables.audit import audit_entry

Detail = str | int | bool | None

_ONE_AT_A_TIME = 4_200_002
"""The advisory lock that those who append take in turn; entries are rare, and never made where accounts move."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """
    One deed: who did what to whom, in short.

    `subject` names what it was done to. `details` hold no free text, for entries are
    never erased.
    """

    kind: AuditKind
    actor: str
    subject: str
    recorded_at: datetime
    details: Mapping[str, Detail]


@dataclass(frozen=True, slots=True)
class ChainedEntry:
    """An entry in its place in the chain; `seq` counts from 1."""

    seq: int
    entry: AuditEntry
    prev_hash: bytes
    hash: bytes


def canonical_audit_entry(seq: int, entry: AuditEntry) -> bytes:
    """The bytes of an entry that its hash covers, as RFC 8785 JSON."""
    values = {"actor": entry.actor, "details": dict(entry.details), "kind": entry.kind.value, "subject": entry.subject}
    return canonical_json(values | {"recorded_at": to_ms(entry.recorded_at), "seq": seq})


def append_entry(connection: Connection, entry: AuditEntry) -> ChainedEntry:
    """Put an entry at the end of the chain, in the caller's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    last = connection.execute(_LAST).one_or_none()
    seq, previous = (1, GENESIS) if last is None else (last.seq + 1, last.hash)
    chained = ChainedEntry(seq, entry, previous, chain_hash(previous, canonical_audit_entry(seq, entry)))
    connection.execute(insert(audit_entry).values(_values(chained)))
    return chained


def read_entries(connection: Connection, after: int = 0, limit: int = 1_000) -> tuple[ChainedEntry, ...]:
    """Read entries in their order, from the one after `after`."""
    rows = connection.execute(_PAGE, {"after": after, "limit": limit})
    return tuple(map(chained_entry, rows))


def chained_entry(row: ResultRow[*tuple[object, ...]]) -> ChainedEntry:
    """The entry of a row with all of the table's columns."""
    details = orjson.loads(row.details)
    entry = AuditEntry(AuditKind(row.kind), row.actor, row.subject, from_ms(row.recorded_at), details)
    return ChainedEntry(row.seq, entry, row.prev_hash, row.hash)


def all_entries(connection: Connection) -> Iterator[ChainedEntry]:
    """Read the whole chain, a page at a time."""
    after = 0
    while page := read_entries(connection, after):
        yield from page
        after = page[-1].seq


def count_entries(connection: Connection) -> int:
    """How many entries there are."""
    return connection.execute(_COUNT).scalar_one()


def _values(chained: ChainedEntry) -> dict[str, object]:
    entry = chained.entry
    return {
        "seq": chained.seq,
        "kind": entry.kind.value,
        "actor": entry.actor,
        "subject": entry.subject,
        "details": canonical_json(dict(entry.details)).decode(),
        "recorded_at": to_ms(entry.recorded_at),
        "prev_hash": chained.prev_hash,
        "hash": chained.hash,
    }


_COUNT = select(func.count()).select_from(audit_entry)

_LAST = select(audit_entry.c.seq, audit_entry.c.hash).order_by(audit_entry.c.seq.desc()).limit(1)

_PAGE = (
    select(*audit_entry.columns)
    .where(audit_entry.c.seq > bindparam("after"))
    .order_by(audit_entry.c.seq)
    .limit(bindparam("limit"))
)
