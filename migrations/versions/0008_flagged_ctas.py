"""People flag CTAs that they want to keep an eye on."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Apply the step."""
    op.add_column("cta", sa.Column("flagged", sa.Boolean()))


def downgrade() -> None:
    """Undo the step."""
    op.drop_column("cta", "flagged")
