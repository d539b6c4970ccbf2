"""Rows that were refused, so that people can see them after the answer to their sender is gone."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id

revision = "0032"
down_revision: str | None = "0031"

OPEN = sa.text("resolved_at IS NULL")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "refused_row",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("batch_id", Id, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("account_id", Id),
        sa.Column("account_key", sa.Text),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("problems", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("is_cut", sa.Boolean, nullable=False),
        sa.Column("first_at", sa.BigInteger, nullable=False),
        sa.Column("refused_at", sa.BigInteger, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("resolved_at", sa.BigInteger),
    )
    op.create_index("ix_refused_row_refused_at_id", "refused_row", ["refused_at", "id"])
    op.create_index("ix_refused_row_account_id", "refused_row", ["account_id"])
    op.create_index(
        "ix_refused_row_open", "refused_row", ["refused_at", "id"], postgresql_where=OPEN, sqlite_where=OPEN
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("refused_row")
