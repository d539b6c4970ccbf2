"""What people do with CTAs: subjects, comments, links, objectives of success plans, and who leads whom."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id, SortedText

revision = "0010"
down_revision: str | None = "0009"

_COLUMNS: dict[str, tuple[tuple[str, sa.types.TypeEngine[Any]], ...]] = {
    "cta": (
        ("subject", sa.Text()),
        ("first_due_at", sa.BigInteger()),
        ("opened_by", sa.Text()),
        ("close_source", sa.Text()),
        ("closed_seq", sa.BigInteger()),
        ("parent", sa.Text()),
        ("plan", sa.Text()),
        ("required", sa.Boolean()),
    ),
    "cta_task": (("due_at", sa.BigInteger()), ("assignee", sa.Text())),
    "success_plan": (
        ("key", sa.Text()),
        ("completes_itself", sa.Boolean()),
        ("activated_at", sa.BigInteger()),
        ("owner", SortedText),
    ),
}


def upgrade() -> None:
    """Apply the step."""
    for table, columns in _COLUMNS.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind))
    op.create_table(
        "cta_comment",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("cta_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "cta_id", "id", name="pk_cta_comment"),
    )
    op.create_table(
        "cta_link",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("cta_id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("linked_by", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "cta_id", "kind", "reference", name="pk_cta_link"),
    )
    op.create_table(
        "person",
        sa.Column("id", SortedText, nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("lead", SortedText),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )


def downgrade() -> None:
    """Undo the step."""
    for table in ("person", "cta_link", "cta_comment"):
        op.drop_table(table)
    for table, columns in _COLUMNS.items():
        for name, _ in reversed(columns):
            op.drop_column(table, name)
