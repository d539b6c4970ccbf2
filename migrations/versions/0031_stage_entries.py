"""Enterings of stages, kept beside visits; the job `count` fills them while reports go on reading visits."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id

revision = "0031"
down_revision: str | None = "0030"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "stage_entry",
        sa.Column("account_id", Id, primary_key=True),
        sa.Column("segment", sa.Text, primary_key=True),
        sa.Column("nth", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("entered_at", sa.BigInteger, nullable=False),
        sa.Column("began_at", sa.BigInteger, nullable=False),
        sa.Column("previous_at", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_stage_entry_first",
        "stage_entry",
        ["account_id"],
        postgresql_include=["segment", "entered_at"],
        postgresql_where=sa.text("nth = 1"),
        sqlite_where=sa.text("nth = 1"),
    )
    op.create_table(
        "roll_up",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("filled_to", Id),
        sa.Column("origin", sa.Text, nullable=False),
    )
    revoked = sa.text("event = 'revoked'")
    op.create_index(
        "ix_milestone_event_revoked",
        "milestone_event",
        ["milestone", "account_id", "recorded_at"],
        postgresql_where=revoked,
        sqlite_where=revoked,
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_index("ix_milestone_event_revoked", "milestone_event")
    op.drop_table("roll_up")
    op.drop_table("stage_entry")
