"""Where signed checkpoints are taken, how far each place has them, and what last failed there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, select, update
from sqlalchemy import Row as ResultRow

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.checkpoints import StoredCheckpoint, checkpoint_of
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_instant
from lifecycle_fsm.store.tables.audit import checkpoint, checkpoint_destination, checkpoint_shipment


@dataclass(frozen=True, slots=True)
class Destination:
    """
    A place outside of the store that gets every checkpoint, in order.

    `unshipped` counts the checkpoints that it lacks, the oldest of which was signed at
    `oldest_at`; `newest_size` is the size of the newest that it has, `shipped_at` since
    when. `attempts` failed since the last success, the newest at `failed_at` for `reason`.
    What is there was last held to what it was given at `looked_at`; `altered` are the names
    of those that had another content then, by size.
    """

    name: str
    unshipped: int
    oldest_at: datetime | None
    newest_size: int | None
    shipped_at: datetime | None
    attempts: int
    failed_at: datetime | None
    reason: str | None
    looked_at: datetime | None
    altered: tuple[str, ...]


def use_destinations(connection: Connection, names: Sequence[str]) -> None:
    """Say which places are written to; others are no longer watched, and go on where they were if they come back."""
    table = checkpoint_destination
    there = {row.name: row.is_used for row in connection.execute(select(table.c.name, table.c.is_used))}
    for name in names:
        if name not in there:
            connection.execute(insert(table).values(name=name, is_used=True, attempts=0))
    for name, was_used in there.items():
        if was_used != (name in names):
            connection.execute(update(table).where(table.c.name == name).values(is_used=name in names))


def load_unshipped(connection: Connection, destination: str, limit: int | None) -> tuple[StoredCheckpoint, ...]:
    """The oldest checkpoints that a place lacks, by size and instant; those before its newest are not looked at."""
    order = (checkpoint.c.size, checkpoint.c.signed_at)
    rows = connection.execute(_unshipped(destination, *checkpoint.columns).order_by(*order).limit(limit))
    return tuple(checkpoint_of(row) for row in rows)


def note_shipped(connection: Connection, destination: str, shipped: StoredCheckpoint, at: datetime) -> None:
    """Remember that a place has a checkpoint, and so all before it; what is remembered of those goes."""
    table = checkpoint_shipment
    connection.execute(delete(table).where(table.c.destination == destination, table.c.size < shipped.size))
    same = (table.c.destination == destination, table.c.size == shipped.size, table.c.verifier == shipped.verifier)
    if connection.execute(select(table.c.size).where(*same)).first() is None:
        values = {"size": shipped.size, "verifier": shipped.verifier, "shipped_at": to_ms(at)}
        connection.execute(insert(table).values(destination=destination, **values))
    _note(connection, destination, attempts=0, failed_at=None, reason=None)


def note_failed(connection: Connection, destination: str, reason: str, at: datetime) -> None:
    """Remember why a place did not take a checkpoint."""
    attempts = checkpoint_destination.c.attempts + 1
    _note(connection, destination, attempts=attempts, failed_at=to_ms(at), reason=reason)


def note_looked(connection: Connection, destination: str, altered: Sequence[str], at: datetime) -> None:
    """Remember which checkpoints had another content when a place was looked at; none where all are as they were."""
    _note(connection, destination, looked_at=to_ms(at), altered=orjson.dumps(list(altered)).decode())


def load_destinations(connection: Connection) -> tuple[Destination, ...]:
    """The places that are written to, by name."""
    table = checkpoint_destination
    rows = connection.execute(select(*table.columns).where(table.c.is_used).order_by(table.c.name)).all()
    return tuple(_destination(connection, row) for row in rows)


def _destination(connection: Connection, row: ResultRow[*tuple[object, ...]]) -> Destination:
    sums = (func.count().label("unshipped"), func.min(checkpoint.c.signed_at).label("oldest_at"))
    lacks = connection.execute(_unshipped(row.name, *sums)).one()
    table = checkpoint_shipment
    newest = select(func.max(table.c.size), func.max(table.c.shipped_at)).where(table.c.destination == row.name)
    size, shipped_at = connection.execute(newest).one()
    return Destination(
        name=row.name,
        unshipped=lacks.unshipped,
        oldest_at=optional_instant(lacks.oldest_at),
        newest_size=size,
        shipped_at=optional_instant(shipped_at),
        attempts=row.attempts,
        failed_at=optional_instant(row.failed_at),
        reason=row.reason,
        looked_at=optional_instant(row.looked_at),
        altered=tuple(orjson.loads(row.altered or "[]")),
    )


def _unshipped(destination: str, *columns: ColumnElement[Any]) -> Select[*tuple[object, ...]]:
    mine = checkpoint_shipment.c.destination == destination
    newest = select(func.coalesce(func.max(checkpoint_shipment.c.size), 0)).where(mine).scalar_subquery()
    there = exists().where(
        mine,
        checkpoint_shipment.c.size == checkpoint.c.size,
        checkpoint_shipment.c.verifier == checkpoint.c.verifier,
    )
    return select(*columns).select_from(checkpoint).where(checkpoint.c.size >= newest, ~there)


def _note(connection: Connection, destination: str, **values: object) -> None:
    connection.execute(
        update(checkpoint_destination).where(checkpoint_destination.c.name == destination).values(**values)
    )
