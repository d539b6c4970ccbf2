"""Deliveries: a message on its way to one channel."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id

revision = "0012"
down_revision: str | None = "0011"

PENDING = sa.text("delivered_at IS NULL AND dead_at IS NULL")
DEAD = sa.text("dead_at IS NOT NULL")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "delivery",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("message_id", Id(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("dead_at", sa.BigInteger()),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("account_id", "message_id", "channel", name="pk_delivery"),
    )
    op.create_index(
        "ix_delivery_pending",
        "delivery",
        ["channel", "next_attempt_at"],
        postgresql_where=PENDING,
        sqlite_where=PENDING,
    )
    op.create_index("ix_delivery_dead", "delivery", ["dead_at"], postgresql_where=DEAD, sqlite_where=DEAD)


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("delivery")
