"""What stands around the history of accounts: audit entries, the Merkle log, checkpoints, erasures, reviews."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, Table, Text, UniqueConstraint

from lifecycle_fsm.domain.audit import MarkKind
from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.types import Id, one_of

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("prev_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

merkle_leaf = Table(
    "merkle_leaf",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("account_id", Id, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    UniqueConstraint("account_id", "seq"),
)

merkle_node = Table(
    "merkle_node",
    metadata,
    Column("level", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

checkpoint_key = Table(
    "checkpoint_key",
    metadata,
    Column("verifier", Text, primary_key=True),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", Text, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("verifier", Text, primary_key=True),
    Column("signed_at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
)

checkpoint_destination = Table(
    "checkpoint_destination",
    metadata,
    Column("name", Text, primary_key=True),
    Column("is_used", Boolean, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("failed_at", BigInteger),
    Column("reason", Text),
    Column("looked_at", BigInteger),
    Column("altered", Text),
)

checkpoint_shipment = Table(
    "checkpoint_shipment",
    metadata,
    Column("destination", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("verifier", Text, primary_key=True),
    Column("shipped_at", BigInteger, nullable=False),
)

erasure = Table(
    "erasure",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("erased_at", BigInteger, nullable=False),
    Column("erased_by", Text, nullable=False),
    Column("ground", Text, nullable=False),
)

text_erasure = Table(
    "text_erasure",
    metadata,
    Column("mark_id", Id, primary_key=True),
    Column("erased_at", BigInteger, nullable=False),
    Column("erased_by", Text, nullable=False),
    Column("ground", Text, nullable=False),
)

review_mark = Table(
    "review_mark",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("account_id", Id),
    Column("seq", BigInteger),
    Column("from_at", BigInteger),
    Column("to_at", BigInteger),
    Column("answers", Id),
    Column("author", Text, nullable=False),
    Column("marked_at", BigInteger, nullable=False),
    Column("comment", Text, nullable=False),
    Column("salt", LargeBinary),
    one_of("kind", MarkKind),
    Index(None, "marked_at"),
)
