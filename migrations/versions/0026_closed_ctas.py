"""Closed CTAs found by their place, and objectives by their plan, so that evaluations need not read all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision: str | None = "0025"

CLOSED = sa.text("closed_at IS NOT NULL")
PLANNED = sa.text("plan IS NOT NULL")


def upgrade() -> None:
    """Apply the step."""
    op.create_index(
        "ix_cta_closed_place",
        "cta",
        ["account_id", "identity", "closed_at"],
        postgresql_where=CLOSED,
        sqlite_where=CLOSED,
    )
    op.create_index("ix_cta_plan", "cta", ["account_id", "plan"], postgresql_where=PLANNED, sqlite_where=PLANNED)


def downgrade() -> None:
    """Undo the step."""
    op.drop_index("ix_cta_plan", "cta")
    op.drop_index("ix_cta_closed_place", "cta")
