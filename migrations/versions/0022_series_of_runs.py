"""The dates of one back-fill are runs of one series."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id

revision = "0022"
down_revision: str | None = "0021"


def upgrade() -> None:
    """Apply the step."""
    op.add_column("run", sa.Column("series_id", Id()))


def downgrade() -> None:
    """Undo the step."""
    op.drop_column("run", "series_id")
