"""Signed statements of how long the log was and what its root was, with the keys that signed them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row as ResultRow
from sqlalchemy import func, insert, select

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.raw import printable, rows_of
from lifecycle_fsm.store.tables.audit import checkpoint, checkpoint_key


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A signed note about the first `size` leaves; `verifier` is the public key in the form of C2SP."""

    size: int
    verifier: str
    signed_at: datetime
    note: str


def add_verifier(connection: Connection, verifier: str, at: datetime, by: str) -> bool:
    """Keep a public key for ever; False where it is kept already."""
    if verifier in load_verifiers(connection):
        return False
    connection.execute(insert(checkpoint_key).values(verifier=verifier, added_at=to_ms(at), added_by=by))
    return True


def load_verifiers(connection: Connection) -> tuple[str, ...]:
    """The public keys of all times, oldest first."""
    order = (checkpoint_key.c.added_at, checkpoint_key.c.verifier)
    return tuple(connection.execute(select(checkpoint_key.c.verifier).order_by(*order)).scalars())


def save_checkpoint(connection: Connection, made: StoredCheckpoint) -> bool:
    """Keep a checkpoint; False where the same key signed the same size before."""
    if find_checkpoint(connection, made.size, made.verifier) is not None:
        return False
    values = {"size": made.size, "verifier": made.verifier, "signed_at": to_ms(made.signed_at), "note": made.note}
    connection.execute(insert(checkpoint).values(values))
    return True


def find_checkpoint(connection: Connection, size: int, verifier: str) -> StoredCheckpoint | None:
    """The checkpoint of a size that a key signed, None where it signed none."""
    same = (checkpoint.c.size == size, checkpoint.c.verifier == verifier)
    row = connection.execute(select(*checkpoint.columns).where(*same)).one_or_none()
    return None if row is None else checkpoint_of(row)


def newest_signed_at(connection: Connection) -> datetime | None:
    """When the log was signed last, None before the first time."""
    at = connection.execute(select(func.max(checkpoint.c.signed_at))).scalar_one()
    return None if at is None else from_ms(at)


def load_checkpoints(connection: Connection) -> tuple[StoredCheckpoint, ...]:
    """Every checkpoint, by size and instant."""
    rows = connection.execute(select(*checkpoint.columns).order_by(checkpoint.c.size, checkpoint.c.signed_at))
    return tuple(checkpoint_of(row) for row in rows)


def stored_notes(connection: Connection) -> list[tuple[str, str]]:
    """The sizes and notes of every checkpoint as texts that can be shown, whatever somebody may have put there."""
    rows = rows_of(connection, "SELECT size, note FROM checkpoint ORDER BY size, signed_at", ())
    return [(printable(size), printable(note)) for size, note in rows]


def stored_verifiers(connection: Connection) -> tuple[str, ...]:
    """The public keys of all times in the same way."""
    rows = rows_of(connection, "SELECT verifier FROM checkpoint_key ORDER BY added_at, verifier", ())
    return tuple(printable(verifier) for (verifier,) in rows)


def checkpoint_of(row: ResultRow[*tuple[object, ...]]) -> StoredCheckpoint:
    """A checkpoint of a row with all of the table's columns."""
    return StoredCheckpoint(row.size, row.verifier, from_ms(row.signed_at), row.note)
