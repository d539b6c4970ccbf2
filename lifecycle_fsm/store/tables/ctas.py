"""Calls to action with their tasks, and success plans."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text, UniqueConstraint, text

from lifecycle_fsm.domain.cta import CtaOutcome, CtaStatus, CtaType, Priority
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.store.tables.metadata import metadata
from lifecycle_fsm.store.tables.partial import partial_index
from lifecycle_fsm.store.tables.types import Id, SortedText, one_of

OPEN = text("closed_at IS NULL")
CLOSED = text("closed_at IS NOT NULL")
PLANNED = text("plan IS NOT NULL")

cta = Table(
    "cta",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("cause_key", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_seq", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("owner", SortedText, nullable=False),
    Column("outcome", Text),
    Column("closed_at", BigInteger),
    Column("snoozed_until", BigInteger),
    Column("playbook", Text),
    Column("flagged", Boolean),
    Column("subject", Text),
    Column("first_due_at", BigInteger),
    Column("opened_by", Text),
    Column("close_source", Text),
    Column("closed_seq", BigInteger),
    Column("parent", Text),
    Column("plan", Text),
    Column("required", Boolean),
    UniqueConstraint("account_id", "cause_key"),
    one_of("type", CtaType),
    one_of("priority", Priority),
    one_of("status", CtaStatus),
    one_of("outcome", CtaOutcome),
    partial_index("uq_cta_open_identity", "account_id", "identity", where=OPEN, unique=True),
    partial_index("ix_cta_open_owner_due", "owner", "due_at", where=OPEN),
    partial_index("ix_cta_open_due", "due_at", where=OPEN),
    partial_index("ix_cta_closed_place", "account_id", "identity", "closed_at", where=CLOSED),
    partial_index("ix_cta_plan", "account_id", "plan", where=PLANNED),
)

cta_task = Table(
    "cta_task",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("cta_id", Id, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("due_in_days", Integer, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("done_at", BigInteger),
    Column("done_by", Text),
    Column("due_at", BigInteger),
    Column("assignee", Text),
)

cta_comment = Table(
    "cta_comment",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("cta_id", Id, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_at", BigInteger, nullable=False),
)

cta_link = Table(
    "cta_link",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("cta_id", Id, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("title", Text),
    Column("url", Text),
    Column("linked_by", Text, nullable=False),
    Column("linked_at", BigInteger, nullable=False),
)

success_plan = Table(
    "success_plan",
    metadata,
    Column("account_id", Id, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("key", Text),
    Column("completes_itself", Boolean),
    Column("activated_at", BigInteger),
    Column("owner", SortedText),
    one_of("status", PlanStatus),
)

person = Table(
    "person",
    metadata,
    Column("id", SortedText, primary_key=True),
    Column("name", Text),
    Column("lead", SortedText),
    Column("recorded_at", BigInteger, nullable=False),
)
