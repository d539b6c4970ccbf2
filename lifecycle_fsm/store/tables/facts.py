"""What was observed about accounts, and what they achieved: appended, never changed."""

from sqlalchemy import BigInteger, Column, Double, Table, Text

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.types import Id, allow_only

MILESTONE_EVENTS = ("reached", "revoked")

fact_history = Table(
    "fact_history",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("observed_at", BigInteger, primary_key=True),
    Column("recorded_at", BigInteger, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("number", Double),
    Column("integer", BigInteger),
    Column("text", Text),
    Column("source", Text, nullable=False),
    sqlite_with_rowid=False,
)

milestone_event = Table(
    "milestone_event",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("milestone", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("reached_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("author", Text),
    Column("comment", Text),
    allow_only("event", MILESTONE_EVENTS),
    sqlite_with_rowid=False,
)
