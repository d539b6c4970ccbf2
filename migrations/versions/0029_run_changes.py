"""Runs carry the place of their last change, so that readers can follow them without missing any."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision: str | None = "0028"


def upgrade() -> None:
    """Apply the step."""
    op.add_column("run", sa.Column("change_order", sa.BigInteger, nullable=False, server_default="0"))
    op.create_index("ix_run_change_order", "run", ["change_order"])


def downgrade() -> None:
    """Undo the step."""
    op.drop_index("ix_run_change_order", "run")
    op.drop_column("run", "change_order")
