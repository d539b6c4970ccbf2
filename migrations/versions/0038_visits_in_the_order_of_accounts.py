"""Visits in the order of accounts along an index, for where accounts stood at a date."""

from alembic import op

revision = "0038"
down_revision: str | None = "0037"


def upgrade() -> None:
    """Apply the step."""
    op.create_index(
        "ix_stage_visit_account",
        "stage_visit",
        ["account_id", "left_at"],
        postgresql_include=["entered_at", "segment", "stage"],
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_index("ix_stage_visit_account", "stage_visit")
