"""What is still to be done after a transaction: messages to send, accounts to evaluate, answers to repeat."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, text

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id, JsonObject

PENDING = text("delivered_at IS NULL AND dead_at IS NULL")
DEAD = text("dead_at IS NOT NULL")

outbox = Table(
    "outbox",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("payload", JsonObject, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("next_attempt_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", BigInteger),
    Column("dead_at", BigInteger),
    Column("last_error", Text),
    partial_index("ix_outbox_pending", "next_attempt_at", where=PENDING),
)

delivery = Table(
    "delivery",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("message_id", Id, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", BigInteger, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("delivered_at", BigInteger),
    Column("dead_at", BigInteger),
    Column("last_error", Text),
    partial_index("ix_delivery_pending", "channel", "next_attempt_at", where=PENDING),
    partial_index("ix_delivery_dead", "dead_at", where=DEAD),
)

dirty = Table(
    "dirty",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("marked_at", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Index(None, "marked_at"),
)

ingest_batch = Table(
    "ingest_batch",
    metadata,
    Column("idempotency_key", Text, primary_key=True),
    Column("request_digest", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)
