"""Plans as they were shown, who approved them, and what was published."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.types import Id

publication_plan = Table(
    "publication_plan",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("planned_at", BigInteger, nullable=False),
    Column("planned_by", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("documents", Text, nullable=False),
    Index(None, "planned_at"),
)

publication_approval = Table(
    "publication_approval",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("approved_by", Text, primary_key=True),
    Column("approved_at", BigInteger, nullable=False),
    Column("comment", Text),
)

publication = Table(
    "publication",
    metadata,
    Column("id", Id, primary_key=True),
    Column("plan", Text),
    Column("published_at", BigInteger, nullable=False),
    Column("published_by", Text, nullable=False),
    Column("reason", Text),
    Column("roll_out", Text, nullable=False),
    Column("machines", Text, nullable=False),
    Column("catalog", Text, nullable=False),
    Index(None, "published_at"),
    Index(None, "plan"),
)

ROLL_OUT_COUNTERS = (
    "total",
    "looked_at",
    "migrated",
    "reassigned",
    "without_landing",
    "moved",
    "ctas_opened",
    "changed_meanwhile",
    "failed",
)

roll_out = Table(
    "roll_out",
    metadata,
    Column("publication_id", Id, primary_key=True),
    Column("plan", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("last_account", Id),
    *(Column(name, BigInteger, nullable=False) for name in ROLL_OUT_COUNTERS),
)
