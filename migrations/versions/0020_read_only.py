"""A store may be read-only for a while: since when, by whom, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0019"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "store_mode",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mode", name="pk_store_mode"),
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("store_mode")
