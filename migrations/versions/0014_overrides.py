"""People may speak in the place of measures and of the health score."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import JsonObject

revision = "0014"
down_revision: str | None = "0013"


def upgrade() -> None:
    """Apply the step."""
    op.add_column("account_state", sa.Column("overrides", JsonObject))


def downgrade() -> None:
    """Undo the step."""
    op.drop_column("account_state", "overrides")
