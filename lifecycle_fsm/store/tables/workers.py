"""The processes that work in the background, and what their jobs last did."""

from sqlalchemy import BigInteger, Column, Table, Text

from lifecycle_fsm.store.tables.metadata import metadata

worker = Table(
    "worker",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("name", Text, primary_key=True),
    Column("schedule", Text, nullable=False),
    Column("tick_at", BigInteger, nullable=False),
    Column("worker", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("error", Text),
)
