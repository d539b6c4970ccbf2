"""When accounts first entered stages, and what they entered since: what reports read instead of sorting visits."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, literal_column

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id, JsonObject

stage_entry = Table(
    "stage_entry",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("segment", Text, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("nth", BigInteger, nullable=False),
    Column("entered_at", BigInteger, nullable=False),
    Column("since", JsonObject, nullable=False),
    partial_index("ix_stage_entry_first", "account_id", where="nth = 1", include=["segment", "entered_at"]),
    Index("ix_stage_entry_stage", "segment", "stage", "account_id", postgresql_include=["entered_at"]),
)
"""
The first time that an account entered a stage of a segment.

`nth` counts what it entered in the segment, from 1, every time; `since` has of each stage when it was entered
for the first time from this entering on, in milliseconds by its key, the stage itself included.
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
