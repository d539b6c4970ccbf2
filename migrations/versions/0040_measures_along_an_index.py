"""What was observed of measures along an index, for what was known at a past date."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision: str | None = "0039"


def upgrade() -> None:
    """Apply the step."""
    of_measures = sa.text("field LIKE 'measure.%'")
    op.create_index(
        "ix_fact_history_measure",
        "fact_history",
        ["field", "account_id", "observed_at", "recorded_at", "id"],
        postgresql_include=["number"],
        postgresql_where=of_measures,
        sqlite_where=of_measures,
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_index("ix_fact_history_measure", "fact_history")
