"""Tokens may be limited to several CSMs and to single accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision: str | None = "0032"


def upgrade() -> None:
    """Apply the step."""
    op.add_column("api_key", sa.Column("portfolio", sa.Text()))


def downgrade() -> None:
    """Undo the step."""
    op.drop_column("api_key", "portfolio")
