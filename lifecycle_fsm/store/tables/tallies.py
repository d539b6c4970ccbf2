"""How many accounts stand where: what is added up instead of counting accounts."""

from sqlalchemy import BigInteger, Column, Table, Text

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.types import Id

stage_tally = Table(
    "stage_tally",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("segment", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("accounts", BigInteger, nullable=False),
)
"""
Accounts that came to a stage, or, below 0, left it; the sum over all rows is how many stand there.

`account_id` says which account's transaction wrote the row, the nil id for rows that were added up.
"""
