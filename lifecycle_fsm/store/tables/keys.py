"""Tokens of machines and people, of which only the hash is kept."""

from sqlalchemy import BigInteger, Column, Table, Text

from lifecycle_fsm.store.tables.metadata import metadata

api_key = Table(
    "api_key",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("portfolio_csm", Text),
    Column("portfolio_segments", Text),
    Column("portfolio", Text),
)
