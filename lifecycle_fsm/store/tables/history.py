"""The append-only log of what happened to each account, and what of it can be erased: inputs and reasons."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, UniqueConstraint, text

from lifecycle_fsm.domain.history import Cause
from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.types import Id, one_of

transition_log = Table(
    "transition_log",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("from_stage", Text),
    Column("to_stage", Text, nullable=False),
    Column("transition", Text),
    Column("trigger", Text),
    Column("subject", Text),
    Column("cause", Text, nullable=False),
    Column("actor", Text),
    Column("on_behalf_of", Text),
    Column("effective_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("machine", Text, nullable=False),
    Column("evaluator", Text, nullable=False),
    Column("command_id", Text),
    Column("run_id", Id),
    Column("effects", Text, nullable=False),
    Column("inputs_hash", LargeBinary(32)),
    Column("prev_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    UniqueConstraint("account_id", "command_id"),
    one_of("cause", Cause),
    Index(None, "effective_at", "account_id", "seq"),
    Index(None, "recorded_at", "account_id", "seq"),
    Index(None, "run_id", "account_id"),
    Index(
        None,
        "actor",
        "recorded_at",
        "account_id",
        "seq",
        postgresql_where=text("actor IS NOT NULL"),
        sqlite_where=text("actor IS NOT NULL"),
    ),
)

transition_inputs = Table(
    "transition_inputs",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("inputs", Text, nullable=False),
    Column("reason", Text),
    sqlite_with_rowid=False,
)
