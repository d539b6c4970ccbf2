"""Runs over many accounts, and the accounts that a run set aside."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id

revision = "0006"
down_revision: str | None = "0005"

_COUNTERS = (
    "looked_at",
    "moved",
    "ctas_opened",
    "ctas_escalated",
    "ctas_suppressed",
    "held_by_unknown",
    "unassigned",
    "changed_meanwhile",
    "alerts",
    "disagreements",
    "failed",
    "candidates",
)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "run",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("as_of_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("segments", sa.Text(), nullable=False),
        sa.Column("last_account", Id()),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTERS),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_started_at", "run", ["started_at"])
    op.create_table(
        "set_aside",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("run_id", Id(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("set_aside_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "run_id", name="pk_set_aside"),
    )
    op.create_index("ix_set_aside_run_id", "set_aside", ["run_id"])


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("set_aside")
    op.drop_table("run")
