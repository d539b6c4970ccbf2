"""
Say who works on a verification, and what was altered where checkpoints went; index rows of history that look back.

Rows that look back say something about the time before they were recorded.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision: str | None = "0033"

LOOKS_BACK = sa.text(
    "(kind IN ('reassigned', 'run_undone') OR (kind = 'migrated' AND from_stage <> to_stage) "
    "OR recorded_at - effective_at > 86400000)"
)
LOOKS_AHEAD = sa.text("effective_at > recorded_at")


def upgrade() -> None:
    """Apply the step."""
    op.add_column("verification", sa.Column("holder", sa.Text()))
    op.add_column("verification", sa.Column("held_until", sa.BigInteger()))
    op.add_column("checkpoint_destination", sa.Column("looked_at", sa.BigInteger()))
    op.add_column("checkpoint_destination", sa.Column("altered", sa.Text()))
    op.create_index(
        "ix_transition_log_looks_back",
        "transition_log",
        ["recorded_at", "account_id"],
        postgresql_where=LOOKS_BACK,
        sqlite_where=LOOKS_BACK,
    )
    op.create_index(
        "ix_transition_log_looks_ahead",
        "transition_log",
        ["effective_at", "account_id"],
        postgresql_where=LOOKS_AHEAD,
        sqlite_where=LOOKS_AHEAD,
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_index("ix_transition_log_looks_ahead")
    op.drop_index("ix_transition_log_looks_back")
    op.drop_column("checkpoint_destination", "altered")
    op.drop_column("checkpoint_destination", "looked_at")
    op.drop_column("verification", "held_until")
    op.drop_column("verification", "holder")
