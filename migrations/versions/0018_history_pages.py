"""History of all accounts is read in pages: by when it was recorded or took effect, by run, and by person."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"

_TABLE = "transition_log"
_BY_PEOPLE = sa.text("actor IS NOT NULL")


def upgrade() -> None:
    """Apply the step; the index that goes is the beginning of one that comes."""
    op.create_index("ix_transition_log_effective_at_account_id_seq", _TABLE, ["effective_at", "account_id", "seq"])
    op.create_index("ix_transition_log_recorded_at_account_id_seq", _TABLE, ["recorded_at", "account_id", "seq"])
    op.create_index("ix_transition_log_run_id_account_id", _TABLE, ["run_id", "account_id"])
    op.create_index(
        "ix_transition_log_actor_recorded_at_account_id_seq",
        _TABLE,
        ["actor", "recorded_at", "account_id", "seq"],
        postgresql_where=_BY_PEOPLE,
        sqlite_where=_BY_PEOPLE,
    )
    op.drop_index("ix_transition_log_effective_at", _TABLE)


def downgrade() -> None:
    """Undo the step."""
    op.create_index("ix_transition_log_effective_at", _TABLE, ["effective_at"])
    op.drop_index("ix_transition_log_actor_recorded_at_account_id_seq", _TABLE)
    op.drop_index("ix_transition_log_run_id_account_id", _TABLE)
    op.drop_index("ix_transition_log_recorded_at_account_id_seq", _TABLE)
    op.drop_index("ix_transition_log_effective_at_account_id_seq", _TABLE)
