"""Roll-outs: how far the accounts of a publication have gone over."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id

revision = "0015"
down_revision: str | None = "0014"

COUNTED = (
    "total",
    "looked_at",
    "migrated",
    "reassigned",
    "without_landing",
    "moved",
    "ctas_opened",
    "changed_meanwhile",
    "failed",
)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "roll_out",
        sa.Column("publication_id", Id(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("last_account", Id()),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in COUNTED),
        sa.PrimaryKeyConstraint("publication_id", name="pk_roll_out"),
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("roll_out")
