"""Counts of accounts by stage, kept beside them; filled by counting once."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.tables.types import Id

revision = "0021"
down_revision: str | None = "0020"


def upgrade() -> None:
    """Apply the step."""
    texts = ("segment", "machine", "stage")
    tally = op.create_table(
        "stage_tally",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("accounts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name="pk_stage_tally"),
    )
    state = sa.table("account_state", *(sa.column(name, sa.Text()) for name in texts))
    counted = sa.select(*state.c, sa.func.count()).where(state.c.segment != "unassigned").group_by(*state.c)
    rows = [
        {
            "account_id": UUID(int=0),
            "id": new_id(0),
            "segment": row[0],
            "machine": row[1],
            "stage": row[2],
            "accounts": row[3],
        }
        for row in op.get_bind().execute(counted)
    ]
    if rows:
        op.bulk_insert(tally, rows)


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("stage_tally")
