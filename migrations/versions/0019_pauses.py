"""Accounts may be paused: how long the clock of their stage has stood still, and since when it does."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"


def upgrade() -> None:
    """Apply the step."""
    op.add_column("account_state", sa.Column("paused_ms", sa.BigInteger()))
    op.add_column("account_state", sa.Column("pause_from", sa.BigInteger()))
    op.add_column("stage_visit", sa.Column("paused_ms", sa.BigInteger()))


def downgrade() -> None:
    """Undo the step."""
    op.drop_column("stage_visit", "paused_ms")
    op.drop_column("account_state", "pause_from")
    op.drop_column("account_state", "paused_ms")
