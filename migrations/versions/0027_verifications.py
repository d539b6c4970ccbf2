"""Verifications of history as runs, whose reports can be read later."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id

revision = "0027"
down_revision: str | None = "0026"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "verification",
        sa.Column("id", Id, primary_key=True),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("account_id", Id),
        sa.Column("from_at", sa.BigInteger),
        sa.Column("to_at", sa.BigInteger),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
    )
    op.create_index("ix_verification_started_at", "verification", ["started_at"])


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("verification")
