"""Accounts with their CSM along an index, for milestones in time by CSM."""

from alembic import op

revision = "0036"
down_revision: str | None = "0035"


def upgrade() -> None:
    """Apply the step."""
    op.create_index(
        "ix_account_state_owner",
        "account_state",
        ["account_id", "csm"],
        postgresql_include=["segment", "stage", "entered_at"],
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_index("ix_account_state_owner", "account_state")
