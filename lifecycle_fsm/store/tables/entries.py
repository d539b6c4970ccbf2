"""When accounts entered stages, numbered: what reports of beginnings read instead of sorting visits."""

from sqlalchemy import BigInteger, Column, Table, Text, literal_column

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id

stage_entry = Table(
    "stage_entry",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("segment", Text, primary_key=True),
    Column("nth", BigInteger, primary_key=True, autoincrement=False),
    Column("stage", Text, nullable=False),
    Column("entered_at", BigInteger, nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("previous_at", BigInteger),
    partial_index("ix_stage_entry_first", "account_id", where="nth = 1", include=["segment", "entered_at"]),
    partial_index(
        "ix_stage_entry_stage", "stage", "account_id", "segment", where="previous_at IS NULL", include=["entered_at"]
    ),
    sqlite_with_rowid=False,
)
"""
`nth` counts what an account entered in a segment, from 1; `began_at` is when it first entered any
stage of it, `previous_at` when it had last entered the same stage, null for the first time.
"""

FIRST = literal_column("1", BigInteger())
"""The number of a beginning, as the planner must see it to take the index."""

roll_up = Table(
    "roll_up",
    metadata,
    Column("name", Text, primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("filled_to", Id),
    Column("origin", Text, nullable=False),
)
"""
How far a table that is made from others has followed the log.

Every account with a row of the log after `place` is read from its visits. `filled_to` is the last account
of a first filling that goes on, null once it is done; `origin` is the database whose log is followed.
"""
