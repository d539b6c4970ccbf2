"""The kinds of history rows and audit entries grow with every release; the database no longer lists them."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect, unprotect

revision = "0007"
down_revision: str | None = "0006"

_TABLES = {
    "transition_log": [["account_id", "seq"], ["account_id", "command_id"]],
    "audit_entry": [["seq"]],
}
"""The tables whose kinds grow, with all of their keys."""

_KINDS = {
    "transition_log": (
        "'assigned', 'moved', 'refused', 'pace_changed', 'alert_opened', 'alert_cleared', 'milestone_reached', "
        "'cta_closed', 'plan_changed', 'csm_changed', 'migrated', 'reassigned', 'erased'"
    ),
    "audit_entry": (
        "'published', 'plan_approved', 'token_issued', 'tokens_revoked', 'key_added', 'exported', 'erased'"
    ),
}
"""What the tables allowed so far."""


def upgrade() -> None:
    """Apply the step."""
    for table, keys in _TABLES.items():
        unprotect(table)
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(op.f(f"ck_{table}_kind"), type_="check")
        protect(table, keys)


def downgrade() -> None:
    """Undo the step; refused by the database where a row has a newer kind, for history would be lost."""
    for table, keys in _TABLES.items():
        unprotect(table)
        with op.batch_alter_table(table) as changed:
            changed.create_check_constraint(op.f(f"ck_{table}_kind"), sa.text(f"kind IN ({_KINDS[table]})"))
        protect(table, keys)
