"""People ask for runs over many accounts, and stop them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"


def upgrade() -> None:
    """Apply the step."""
    op.add_column("run", sa.Column("asked_at", sa.BigInteger()))
    op.add_column("run", sa.Column("cancelled_at", sa.BigInteger()))


def downgrade() -> None:
    """Undo the step."""
    op.drop_column("run", "cancelled_at")
    op.drop_column("run", "asked_at")
