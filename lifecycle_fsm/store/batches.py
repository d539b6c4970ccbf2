"""Batches that came in, so that a repeated one gets its first answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.work import ingest_batch


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """A batch by its idempotency key: the digest of what was asked, and the answer as text."""

    idempotency_key: str
    request_digest: str
    result: str
    recorded_at: datetime


def find_batch(connection: Connection, idempotency_key: str) -> KeptBatch | None:
    """The batch that came with this key, None if the key is new."""
    row = connection.execute(_BATCH, {"key": idempotency_key}).one_or_none()
    if row is None:
        return None
    return KeptBatch(row.idempotency_key, row.request_digest, row.result, from_ms(row.recorded_at))


def keep_batch(connection: Connection, batch: KeptBatch) -> None:
    """Keep a batch; a second one with the same key fails the transaction."""
    connection.execute(
        insert(ingest_batch).values(
            idempotency_key=batch.idempotency_key,
            request_digest=batch.request_digest,
            result=batch.result,
            recorded_at=to_ms(batch.recorded_at),
        )
    )


_BATCH = select(*ingest_batch.columns).where(ingest_batch.c.idempotency_key == bindparam("key"))
