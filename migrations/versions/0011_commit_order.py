"""On PostgreSQL every history row notes its transaction, so that readers can follow the log without missing any."""

from alembic import op

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    """
    Apply the step.

    The column is the database's own: it is no part of the history that the code writes.
    SQLite needs none, for its rows are numbered in the order of their one writer.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE transition_log ADD COLUMN commit_order bigint")
        order = "CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
        op.execute(f"ALTER TABLE transition_log ALTER COLUMN commit_order SET DEFAULT {order}")
        op.execute(
            "CREATE INDEX ix_transition_log_commit_order ON transition_log (commit_order) "
            "WHERE commit_order IS NOT NULL"
        )


def downgrade() -> None:
    """Undo the step."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE transition_log DROP COLUMN commit_order")
