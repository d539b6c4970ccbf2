"""Audit entries as they are stored, whatever somebody may have put there."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from lifecycle_fsm.domain.audit import AuditKind, Check, Flaw
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.store.audit_entries import AuditEntry, ChainedEntry, Detail
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ledger import GENESIS, canonical_json, chain_hash
from lifecycle_fsm.store.raw import dialect_of, rows_of

EVIDENCE_BEFORE = "evidence_before"
"""What retention notes first: rows recorded before this instant, in ms, may be without evidence."""

EVIDENCE_DONE = "evidence_done"
"""What it notes last: the evidence before this instant is gone."""

_PAGE = 1_000
_SUBJECT = "audit entries"


class StoredEntry(NamedTuple):
    """An entry as the driver gives it."""

    actor: Any
    details: Any
    kind: Any
    recorded_at: Any
    seq: Any
    subject: Any
    prev_hash: Any
    hash: Any


_HASHED = StoredEntry._fields[:-2]


def readable_entries(connection: Connection) -> Iterator[ChainedEntry]:
    """The entries that can be read; `check_entries` names the first that cannot."""
    for stored in _stored(connection):
        entry = _entry_of(stored)
        if entry is not None:
            yield entry


def noted_instant(connection: Connection, detail: str) -> int:
    """The latest instant, in ms, that retention noted under this name; -1 where it never did."""
    mark = dialect_of(connection).mark
    statement = f"SELECT details FROM audit_entry WHERE kind = {mark}"  # noqa: S608 - our own names
    noted = (_details_of(text) or {} for (text,) in rows_of(connection, statement, (AuditKind.RETAINED.value,)))
    return max((note for each in noted if isinstance(note := each.get(detail), int)), default=-1)


def check_entries(connection: Connection) -> Iterator[Flaw]:
    """Follow the chain of audit entries to the first place at which it does not hold."""
    expected, previous = 1, GENESIS
    for row in _stored(connection):
        if row.seq != expected:
            yield Flaw(Check.ENTRY, "the entry is missing", seq=expected, subject=_SUBJECT)
            return
        if row.prev_hash != previous or row.hash != _hash_of(row):
            yield Flaw(Check.ENTRY, "its contents are not those that were hashed", seq=expected, subject=_SUBJECT)
            return
        expected, previous = expected + 1, row.hash


def _stored(connection: Connection) -> Iterator[StoredEntry]:
    """Read entries by their numbers; of those whose number is none, which come behind all others, the first."""
    mark, columns = dialect_of(connection).mark, ", ".join(StoredEntry._fields)
    statement = f"SELECT {columns} FROM audit_entry WHERE seq > {mark} ORDER BY seq LIMIT {_PAGE}"  # noqa: S608 - our own names
    after = 0
    while page := [StoredEntry._make(row) for row in rows_of(connection, statement, (after,))]:
        for row in page:
            yield row
            if not isinstance(row.seq, int | float):
                return
        after = page[-1].seq


def _entry_of(stored: StoredEntry) -> ChainedEntry | None:
    details = _details_of(stored.details)
    try:
        kind, at = AuditKind(stored.kind), from_ms(stored.recorded_at)
    except (ValueError, TypeError, OverflowError):
        return None
    if details is None or _hash_of(stored) is None:
        return None
    entry = AuditEntry(kind, stored.actor, stored.subject, at, details)
    return ChainedEntry(stored.seq, entry, stored.prev_hash, stored.hash)


def _hash_of(row: StoredEntry) -> bytes | None:
    """The hash that a row's values give; None where they cannot be those of an entry that we wrote."""
    details = _details_of(row.details)
    if details is None:
        return None
    values = row._asdict() | {"details": details}
    try:
        return chain_hash(row.prev_hash, canonical_json({name: values[name] for name in _HASHED}))
    except TypeError:
        return None


def _details_of(text: object) -> dict[str, Detail] | None:
    """The details that a text says; None where it is no text that says any."""
    try:
        found = orjson.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
