"""The stages that accounts have left: what reports read instead of the log."""

from sqlalchemy import BigInteger, Column, Double, Index, Table, Text

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id, SortedText

stage_visit = Table(
    "stage_visit",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("segment", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("entered_at", BigInteger, nullable=False),
    Column("left_at", BigInteger, nullable=False),
    Column("to_stage", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("transition", Text),
    Column("csm", SortedText),
    Column("health_score", Double),
    Column("health_band", Text),
    Column("paused_ms", BigInteger),
    Index(
        "ix_stage_visit_times",
        "segment",
        "stage",
        "left_at",
        "entered_at",
        postgresql_include=["account_id", "csm"],
    ),
    Index(
        "ix_stage_visit_moves",
        "left_at",
        postgresql_include=["segment", "stage", "to_stage", "kind", "health_band", "csm", "entered_at"],
    ),
    Index("ix_stage_visit_account", "account_id", "left_at", postgresql_include=["entered_at", "segment", "stage"]),
    partial_index("ix_stage_visit_paused", "account_id", where="paused_ms IS NOT NULL"),
    sqlite_with_rowid=False,
)
"""`seq` is that of the history row with which the visit ended; a running visit is the account's hot row."""
