"""Rows that came in and were refused, until they are old or their account is erased."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id

OPEN = text("resolved_at IS NULL")

refused_row = Table(
    "refused_row",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("batch_id", Id, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("account_id", Id),
    Column("account_key", Text),
    Column("subject", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("is_cut", Boolean, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("refused_at", BigInteger, nullable=False),
    Column("times", Integer, nullable=False),
    Column("resolved_at", BigInteger),
    Index(None, "refused_at", "id"),
    Index(None, "account_id"),
    partial_index("ix_refused_row_open", "refused_at", "id", where=OPEN),
)
