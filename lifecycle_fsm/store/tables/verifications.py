"""Verifications of history: who asked for what, how far each has come, and what it found."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.types import Id

verification = Table(
    "verification",
    metadata,
    Column("id", Id, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("account_id", Id),
    Column("from_at", BigInteger),
    Column("to_at", BigInteger),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("done", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("report", Text, nullable=False),
    Column("holder", Text),
    Column("held_until", BigInteger),
    Index(None, "started_at"),
)
