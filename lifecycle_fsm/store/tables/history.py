"""The append-only log of what happened to each account, and what of it can be erased: inputs and reasons."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, UniqueConstraint, text

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id, one_of

LOOKS_BACK = text(
    f"(kind IN ('{RecordKind.REASSIGNED}', '{RecordKind.RUN_UNDONE}') "
    f"OR (kind = '{RecordKind.MIGRATED}' AND from_stage <> to_stage) OR recorded_at - effective_at > {DAY_MS})"
)
"""
Rows that may say of a time more than a day before they were recorded where the account stood: those that came late,
and those that name a visit anew which goes on, or take one back.
"""

LOOKS_AHEAD = text("effective_at > recorded_at")
"""Rows that took effect after they were recorded."""

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
    partial_index("ix_transition_log_looks_back", "recorded_at", "account_id", where=LOOKS_BACK),
    partial_index("ix_transition_log_looks_ahead", "effective_at", "account_id", where=LOOKS_AHEAD),
    partial_index(None, "actor", "recorded_at", "account_id", "seq", where="actor IS NOT NULL"),
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
