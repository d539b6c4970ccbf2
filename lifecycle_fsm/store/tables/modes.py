"""Modes that the whole store is in; a row for each that it is in now."""

from sqlalchemy import BigInteger, Column, Table, Text

from lifecycle_fsm.store.tables.metadata import metadata

store_mode = Table(
    "store_mode",
    metadata,
    Column("mode", Text, primary_key=True),
    Column("since_at", BigInteger, nullable=False),
    Column("begun_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
