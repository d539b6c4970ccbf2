"""Tokens may be limited to some accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Apply the step."""
    op.add_column("api_key", sa.Column("portfolio_csm", sa.Text()))
    op.add_column("api_key", sa.Column("portfolio_segments", sa.Text()))


def downgrade() -> None:
    """Undo the step."""
    op.drop_column("api_key", "portfolio_segments")
    op.drop_column("api_key", "portfolio_csm")
