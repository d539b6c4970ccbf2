"""Runs over many accounts, and the accounts that a run set aside."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from lifecycle_fsm.domain.run import COUNTERS
from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.types import Id

run = Table(
    "run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("as_of_at", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("segments", Text, nullable=False),
    Column("last_account", Id),
    *(Column(name, BigInteger, nullable=False) for name in COUNTERS),
    Column("asked_at", BigInteger),
    Column("cancelled_at", BigInteger),
    Column("series_id", Id),
    Column("change_order", BigInteger, nullable=False),
    Index(None, "started_at"),
    Index(None, "change_order"),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("run_id", Id, primary_key=True),
    Column("cause", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("set_aside_at", BigInteger, nullable=False),
    Index(None, "run_id"),
)
