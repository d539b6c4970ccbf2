"""How many alerts of an account are on, beside what it remembers of them, so that a sweep need not read that."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"

_COUNTED = {
    "postgresql": (
        "SELECT count(*) FROM json_each(CAST(bookkeeping AS json) -> 'alerts') AS e WHERE e.value ->> 2 IS NULL",
        "CAST(bookkeeping AS json) ->> 'alerts'",
    ),
    "sqlite": (
        "SELECT count(*) FROM json_each(bookkeeping, '$.alerts') AS e WHERE json_extract(e.value, '$[2]') IS NULL",
        "json_extract(bookkeeping, '$.alerts')",
    ),
}


def upgrade() -> None:
    """Apply the step."""
    op.add_column("account_state", sa.Column("alerts_on", sa.BigInteger()))
    counted, alerts = _COUNTED[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE account_state SET alerts_on = nullif(({counted}), 0) WHERE {alerts} <> '{{}}'"  # noqa: S608 - our own names
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_column("account_state", "alerts_on")
