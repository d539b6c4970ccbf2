"""Where signed checkpoints are taken to, and the newest that each place has."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision: str | None = "0027"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "checkpoint_destination",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("is_used", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("failed_at", sa.BigInteger),
        sa.Column("reason", sa.Text),
    )
    op.create_table(
        "checkpoint_shipment",
        sa.Column("destination", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("verifier", sa.Text, primary_key=True),
        sa.Column("shipped_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("checkpoint_shipment")
    op.drop_table("checkpoint_destination")
