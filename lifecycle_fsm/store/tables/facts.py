"""What was observed about accounts, and what they achieved: appended, never changed."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Table, Text, literal_column

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id, allow_only

MILESTONE_EVENTS = ("reached", "revoked")
MILESTONE_READ = ["event", "reached_at", "recorded_at"]

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
    partial_index(
        "ix_fact_history_health",
        "account_id",
        "observed_at",
        "recorded_at",
        "id",
        where="field = 'health.score'",
        include=["number"],
    ),
    partial_index(
        "ix_fact_history_measure",
        "field",
        "account_id",
        "observed_at",
        "recorded_at",
        "id",
        where="field LIKE 'measure.%'",
        include=["number"],
    ),
    sqlite_with_rowid=False,
)

OF_MEASURES = literal_column("fact_history.field LIKE 'measure.%'", Boolean())
"""That a field is a measure's, as the planner must see it to take the index."""

HEALTH = literal_column("'health.score'", Text())
"""The field of the index, as the planner must see it to take the index."""

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
    Index("ix_milestone_event_milestone", "milestone", "account_id", postgresql_include=MILESTONE_READ),
    partial_index("ix_milestone_event_revoked", "milestone", "account_id", "recorded_at", where="event = 'revoked'"),
    sqlite_with_rowid=False,
)

REVOKED = literal_column("'revoked'", Text())
"""The event of the index, as the planner must see it to take the index."""
