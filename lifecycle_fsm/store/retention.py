"""Finished work deleted once it is old."""

from datetime import datetime

from sqlalchemy import delete, exists, or_, select, tuple_

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.work import delivery, ingest_batch, outbox


def forget_messages(connection: Connection, before: datetime, limit: int) -> int:
    """Delete messages that were delivered to all before an instant, and give how many; dead ones stay for people."""
    left = exists().where(
        delivery.c.account_id == outbox.c.account_id,
        delivery.c.message_id == outbox.c.id,
        or_(delivery.c.delivered_at.is_(None), delivery.c.delivered_at >= to_ms(before)),
    )
    old = select(outbox.c.account_id, outbox.c.id).where(outbox.c.delivered_at < to_ms(before), ~left).limit(limit)
    keys = [tuple(row) for row in connection.execute(old)]
    if keys:
        connection.execute(delete(delivery).where(tuple_(delivery.c.account_id, delivery.c.message_id).in_(keys)))
        connection.execute(delete(outbox).where(tuple_(outbox.c.account_id, outbox.c.id).in_(keys)))
    return len(keys)


def forget_batches(connection: Connection, before: datetime, limit: int) -> int:
    """Delete the answers to batches that came before an instant, and give how many."""
    old = select(ingest_batch.c.idempotency_key).where(ingest_batch.c.recorded_at < to_ms(before)).limit(limit)
    keys = list(connection.execute(old).scalars())
    if keys:
        connection.execute(delete(ingest_batch).where(ingest_batch.c.idempotency_key.in_(keys)))
    return len(keys)
