"""The first tables, with history protected against changes."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id, JsonObject, SortedText
from migrations.append_only import drop_function, protect, unprotect

revision = "0001"
down_revision: str | None = None

_HISTORY = {
    "fact_history": [["account_id", "field", "observed_at", "recorded_at", "id"]],
    "milestone_event": [["account_id", "id"]],
    "transition_log": [["account_id", "seq"], ["account_id", "command_id"]],
    "machine_version": [["digest"]],
    "catalog_version": [["digest"]],
}
"""The tables that only grow, with all of their keys."""

_KINDS = (
    "'assigned', 'moved', 'refused', 'pace_changed', 'alert_opened', 'alert_cleared', 'milestone_reached', "
    "'cta_closed', 'plan_changed', 'csm_changed'"
)


def upgrade() -> None:
    """Apply the step."""
    _create_accounts()
    _create_facts()
    _create_history()
    _create_ctas()
    _create_work()
    _create_machines()
    _create_keys()
    for table, keys in _HISTORY.items():
        protect(table, keys)


def downgrade() -> None:
    """Undo the step."""
    for table in _HISTORY:
        unprotect(table)
    for table in (
        "api_key",
        "catalog_version",
        "segment",
        "machine_version",
        "ingest_batch",
        "dirty",
        "outbox",
        "success_plan",
        "cta_task",
        "cta",
        "transition_inputs",
        "transition_log",
        "milestone_event",
        "fact_history",
        "field_slot",
        "account_profile",
        "account_state",
    ):
        op.drop_table(table)
    drop_function()


def _create_accounts() -> None:
    op.create_table(
        "account_state",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("came_from", sa.Text()),
        sa.Column("state_version", sa.BigInteger(), nullable=False),
        sa.Column("facts_version", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("next_check_at", sa.BigInteger()),
        sa.Column("noted_pace", sa.Text(), nullable=False),
        sa.Column("health_score", sa.Double()),
        sa.Column("health_band", sa.Text()),
        sa.Column("csm", SortedText),
        *(sa.Column(f"n{place:02}", sa.Double()) for place in range(32)),
        *(sa.Column(f"i{place:02}", sa.BigInteger()) for place in range(16)),
        *(sa.Column(f"t{place:02}", sa.Text()) for place in range(8)),
        sa.Column("more", JsonObject, nullable=False),
        sa.Column("bookkeeping", JsonObject, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_state"),
        sa.CheckConstraint(
            "health_band IN ('healthy', 'neutral', 'at_risk')", name=op.f("ck_account_state_health_band")
        ),
        sa.CheckConstraint("noted_pace IN ('on_track', 'behind', 'stuck')", name=op.f("ck_account_state_noted_pace")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_account_state_csm",
        "account_state",
        ["csm"],
        postgresql_where=sa.text("csm IS NOT NULL"),
        sqlite_where=sa.text("csm IS NOT NULL"),
    )
    op.create_index(
        "ix_account_state_next_check_at",
        "account_state",
        ["next_check_at"],
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
        sqlite_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index("ix_account_state_segment_stage_entered_at", "account_state", ["segment", "stage", "entered_at"])
    op.create_table(
        "account_profile",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("key", SortedText, nullable=False),
        sa.Column("name", SortedText, nullable=False),
        sa.Column("csm_name", sa.Text()),
        sa.Column("attributes", JsonObject, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_profile"),
    )
    op.create_index("ix_account_profile_key", "account_profile", ["key"])
    op.create_index("ix_account_profile_name_account_id", "account_profile", ["name", "account_id"])
    op.create_table(
        "field_slot",
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("field", name="pk_field_slot"),
        sa.UniqueConstraint("slot", name="uq_field_slot_slot"),
    )


def _create_facts() -> None:
    op.create_table(
        "fact_history",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.Double()),
        sa.Column("integer", sa.BigInteger()),
        sa.Column("text", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "field", "observed_at", "recorded_at", "id", name="pk_fact_history"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "milestone_event",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("reached_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("author", sa.Text()),
        sa.Column("comment", sa.Text()),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_milestone_event"),
        sa.CheckConstraint("event IN ('reached', 'revoked')", name=op.f("ck_milestone_event_event")),
        sqlite_with_rowid=False,
    )


def _create_history() -> None:
    op.create_table(
        "transition_log",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_stage", sa.Text()),
        sa.Column("to_stage", sa.Text(), nullable=False),
        sa.Column("transition", sa.Text()),
        sa.Column("trigger", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text()),
        sa.Column("on_behalf_of", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("evaluator", sa.Text(), nullable=False),
        sa.Column("command_id", sa.Text()),
        sa.Column("run_id", Id()),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("inputs_hash", sa.LargeBinary(32)),
        sa.Column("prev_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "seq", name="pk_transition_log"),
        sa.UniqueConstraint("account_id", "command_id", name="uq_transition_log_account_id_command_id"),
        sa.CheckConstraint(
            "cause IN ('person', 'automatic', 'deadline', 'migration', 'import', 'override', 'undo')",
            name=op.f("ck_transition_log_cause"),
        ),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_transition_log_kind")),
    )
    op.create_index("ix_transition_log_effective_at", "transition_log", ["effective_at"])
    op.create_table(
        "transition_inputs",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "seq", name="pk_transition_inputs"),
        sqlite_with_rowid=False,
    )


def _create_ctas() -> None:
    op.create_table(
        "cta",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("cause_key", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_seq", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("owner", SortedText, nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("snoozed_until", sa.BigInteger()),
        sa.Column("playbook", sa.Text()),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_cta"),
        sa.UniqueConstraint("account_id", "cause_key", name="uq_cta_account_id_cause_key"),
        sa.CheckConstraint(
            "outcome IN ('success', 'failed', 'superseded', 'invalid', 'recovered')", name=op.f("ck_cta_outcome")
        ),
        sa.CheckConstraint("priority IN ('high', 'medium', 'low')", name=op.f("ck_cta_priority")),
        sa.CheckConstraint("status IN ('new', 'in_progress', 'closed')", name=op.f("ck_cta_status")),
        sa.CheckConstraint(
            "type IN ('risk', 'lifecycle', 'expansion', 'objective', 'activity')", name=op.f("ck_cta_type")
        ),
    )
    op.create_index(
        "ix_cta_open_due",
        "cta",
        ["due_at"],
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_cta_open_owner_due",
        "cta",
        ["owner", "due_at"],
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_cta_open_identity",
        "cta",
        ["account_id", "identity"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "cta_task",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("cta_id", Id(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_in_days", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("done_by", sa.Text()),
        sa.PrimaryKeyConstraint("account_id", "cta_id", "key", name="pk_cta_task"),
    )
    op.create_table(
        "success_plan",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_success_plan"),
        sa.CheckConstraint(
            "status IN ('draft', 'active', 'completed', 'abandoned')", name=op.f("ck_success_plan_status")
        ),
    )


def _create_work() -> None:
    op.create_table(
        "outbox",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("payload", JsonObject, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("dead_at", sa.BigInteger()),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["next_attempt_at"],
        postgresql_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
        sqlite_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "dirty",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("marked_at", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_dirty"),
    )
    op.create_index("ix_dirty_marked_at", "dirty", ["marked_at"])
    op.create_table(
        "ingest_batch",
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("idempotency_key", name="pk_ingest_batch"),
    )


def _create_machines() -> None:
    op.create_table(
        "machine_version",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_machine_version"),
    )
    op.create_index("ix_machine_version_segment_published_at", "machine_version", ["segment", "published_at"])
    op.create_table(
        "segment",
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("segment", name="pk_segment"),
    )
    op.create_table(
        "catalog_version",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_catalog_version"),
    )


def _create_keys() -> None:
    op.create_table(
        "api_key",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("last_used_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("token_hash", name="pk_api_key"),
    )
