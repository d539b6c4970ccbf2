"""Plans, approvals and publications; accounts that migrate or change their segment."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id
from migrations.append_only import protect, unprotect

revision = "0002"
down_revision: str | None = "0001"

_HISTORY = {
    "publication_plan": [["digest"]],
    "publication_approval": [["plan", "approved_by"]],
    "publication": [["id"]],
}
"""The new tables that only grow, with all of their keys."""

_OLD_KINDS = (
    "assigned",
    "moved",
    "refused",
    "pace_changed",
    "alert_opened",
    "alert_cleared",
    "milestone_reached",
    "cta_closed",
    "plan_changed",
    "csm_changed",
)
_KINDS = (*_OLD_KINDS, "migrated", "reassigned")


def upgrade() -> None:
    """Apply the step."""
    _create_tables()
    for table, keys in _HISTORY.items():
        protect(table, keys)
    _allow_kinds(_KINDS)


def downgrade() -> None:
    """Undo the step; refused by the database once an account has migrated, for its history would be lost."""
    _allow_kinds(_OLD_KINDS)
    for table in _HISTORY:
        unprotect(table)
        op.drop_table(table)


def _create_tables() -> None:
    op.create_table(
        "publication_plan",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_publication_plan"),
    )
    op.create_index("ix_publication_plan_planned_at", "publication_plan", ["planned_at"])
    op.create_table(
        "publication_approval",
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text()),
        sa.PrimaryKeyConstraint("plan", "approved_by", name="pk_publication_approval"),
    )
    op.create_table(
        "publication",
        sa.Column("id", Id(), nullable=False),
        sa.Column("plan", sa.Text()),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("roll_out", sa.Text(), nullable=False),
        sa.Column("machines", sa.Text(), nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
    )
    op.create_index("ix_publication_published_at", "publication", ["published_at"])
    op.create_index("ix_publication_plan", "publication", ["plan"])


def _allow_kinds(kinds: Sequence[str]) -> None:
    name, allowed = op.f("ck_transition_log_kind"), ", ".join(f"'{kind}'" for kind in kinds)
    unprotect("transition_log")
    with op.batch_alter_table("transition_log") as log:
        log.drop_constraint(name, type_="check")
        log.create_check_constraint(name, f"kind IN ({allowed})")
    protect("transition_log", [["account_id", "seq"], ["account_id", "command_id"]])
