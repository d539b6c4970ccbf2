"""Published definitions: immutable versions, and which of them each segment uses."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from lifecycle_fsm.store.tables.metadata import metadata

machine_version = Table(
    "machine_version",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("segment", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("published_at", BigInteger, nullable=False),
    Column("published_by", Text, nullable=False),
    Index(None, "segment", "published_at"),
)

segment = Table(
    "segment",
    metadata,
    Column("segment", Text, primary_key=True),
    Column("machine", Text, nullable=False),
    Column("rank", Integer, nullable=False),
)

catalog_version = Table(
    "catalog_version",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("published_at", BigInteger, nullable=False),
    Column("published_by", Text, nullable=False),
)
