"""First entries of stages with what was entered since; the job `count` fills them anew, while reports read visits."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id, JsonObject

revision = "0039"
down_revision: str | None = "0038"


def upgrade() -> None:
    """Apply the step."""
    _start_anew()
    op.create_table(
        "stage_entry",
        sa.Column("account_id", Id, primary_key=True),
        sa.Column("segment", sa.Text, primary_key=True),
        sa.Column("stage", sa.Text, primary_key=True),
        sa.Column("nth", sa.BigInteger, nullable=False),
        sa.Column("entered_at", sa.BigInteger, nullable=False),
        sa.Column("since", JsonObject, nullable=False),
    )
    op.create_index(
        "ix_stage_entry_stage",
        "stage_entry",
        ["segment", "stage", "account_id"],
        postgresql_include=["entered_at"],
    )
    _index_first()


def downgrade() -> None:
    """Undo the step."""
    _start_anew()
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
    first = sa.text("previous_at IS NULL")
    op.create_index(
        "ix_stage_entry_stage",
        "stage_entry",
        ["stage", "account_id", "segment"],
        postgresql_include=["entered_at"],
        postgresql_where=first,
        sqlite_where=first,
    )
    _index_first()


def _start_anew() -> None:
    op.execute("DELETE FROM roll_up WHERE name = 'stage_entry'")
    op.drop_table("stage_entry")


def _index_first() -> None:
    op.create_index(
        "ix_stage_entry_first",
        "stage_entry",
        ["account_id"],
        postgresql_include=["segment", "entered_at"],
        postgresql_where=sa.text("nth = 1"),
        sqlite_where=sa.text("nth = 1"),
    )
