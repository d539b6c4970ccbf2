"""Visits with pauses and first entries by stage, along indexes that reports read."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision: str | None = "0036"


def upgrade() -> None:
    """Apply the step."""
    for name, table, condition in _PAUSED:
        where = sa.text(condition)
        op.create_index(name, table, ["account_id"], postgresql_where=where, sqlite_where=where)
    first = sa.text("previous_at IS NULL")
    op.create_index(
        "ix_stage_entry_stage",
        "stage_entry",
        ["stage", "account_id", "segment"],
        postgresql_include=["entered_at"],
        postgresql_where=first,
        sqlite_where=first,
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_index("ix_stage_entry_stage", "stage_entry")
    for name, table, _ in _PAUSED:
        op.drop_index(name, table)


_PAUSED = (
    ("ix_stage_visit_paused", "stage_visit", "paused_ms IS NOT NULL"),
    ("ix_account_state_paused", "account_state", "paused_ms IS NOT NULL OR pause_from IS NOT NULL"),
)
