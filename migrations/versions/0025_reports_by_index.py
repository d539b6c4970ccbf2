"""Scores and milestones of all accounts are read along an index, account by account."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision: str | None = "0024"

_SCORES, _MILESTONES = "ix_fact_history_health", "ix_milestone_event_milestone"
_IS_HEALTH = sa.text("field = 'health.score'")


def upgrade() -> None:
    """Apply the step."""
    op.create_index(
        _SCORES,
        "fact_history",
        ["account_id", "observed_at", "recorded_at", "id"],
        postgresql_include=["number"],
        postgresql_where=_IS_HEALTH,
        sqlite_where=_IS_HEALTH,
    )
    op.create_index(
        _MILESTONES,
        "milestone_event",
        ["milestone", "account_id"],
        postgresql_include=["event", "reached_at", "recorded_at"],
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_index(_MILESTONES, "milestone_event")
    op.drop_index(_SCORES, "fact_history")
