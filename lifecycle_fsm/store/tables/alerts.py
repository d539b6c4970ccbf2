"""The episodes of alerts: what lists of alerts read instead of the memory of each account."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id

ON = text("cleared_at IS NULL")

alert_episode = Table(
    "alert_episode",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("alert", Text, primary_key=True),
    Column("opened_at", BigInteger, primary_key=True, autoincrement=False),
    Column("episode", BigInteger, primary_key=True, autoincrement=False),
    Column("severity", Text, nullable=False),
    Column("raised_at", BigInteger),
    Column("cleared_at", BigInteger),
    Column("segment", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("opened_seq", BigInteger),
    Column("cleared_seq", BigInteger),
    Index("ix_alert_episode_opened", "opened_at"),
    partial_index("ix_alert_episode_on", "alert", "opened_at", where=ON),
    sqlite_with_rowid=False,
)
"""
`segment`, `machine` and `stage` are those in which it opened. `opened_seq` and `cleared_seq` are the history rows
that say so; null for those that an older release wrote.
"""
