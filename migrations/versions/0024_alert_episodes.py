"""Episodes of alerts as rows of their own, so that lists over all accounts can be read."""

from collections.abc import Iterator, Mapping

import orjson
import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id

revision = "0024"
down_revision: str | None = "0023"

ON = sa.text("cleared_at IS NULL")
PAGE = 1_000

_ACCOUNTS = sa.table(
    "account_state",
    sa.column("account_id", Id),
    sa.column("bookkeeping", sa.JSON),
    *(sa.column(name) for name in ("segment", "machine", "stage")),
)
_LOG = sa.table(
    "transition_log",
    sa.column("account_id", Id),
    *(sa.column(name) for name in ("seq", "kind", "subject", "to_stage", "machine")),
)
_TOLD = ("episode", "opened_at", "cleared_at", "severity", "raised_at")
_USUAL = ("medium", None)
"""The severity and the instant of rising of an episode that says neither."""
_REMEMBERS = {
    "postgresql": "CAST(bookkeeping AS json) ->> 'alerts' <> '{}'",
    "sqlite": "json_extract(bookkeeping, '$.alerts') <> '{}'",
}


def upgrade() -> None:
    """Apply the step."""
    table = op.create_table(
        "alert_episode",
        sa.Column("account_id", Id, primary_key=True),
        sa.Column("alert", sa.Text, primary_key=True),
        sa.Column("opened_at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("episode", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("raised_at", sa.BigInteger),
        sa.Column("cleared_at", sa.BigInteger),
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("opened_seq", sa.BigInteger),
        sa.Column("cleared_seq", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alert_episode_opened", "alert_episode", ["opened_at"])
    op.create_index(
        "ix_alert_episode_on", "alert_episode", ["alert", "opened_at"], postgresql_where=ON, sqlite_where=ON
    )
    connection = op.get_bind()
    for page in _pages(connection):
        rows = [row for account in page for row in _episodes(connection, account)]
        if rows:
            connection.execute(table.insert(), rows)


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("alert_episode")


def _pages(connection: sa.Connection) -> Iterator[list[sa.RowMapping]]:
    """The accounts that remember alerts, page by page in the order of their ids."""
    remembers = sa.text(_REMEMBERS[connection.dialect.name])
    query = sa.select(*_ACCOUNTS.c).where(remembers).order_by(_ACCOUNTS.c.account_id).limit(PAGE)
    page = list(connection.execute(query).mappings())
    while page:
        yield page
        beyond = query.where(_ACCOUNTS.c.account_id > page[-1]["account_id"])
        page = list(connection.execute(beyond).mappings())


def _episodes(connection: sa.Connection, account: sa.RowMapping) -> Iterator[dict[str, object]]:
    """The newest episode of each alert that an account remembers, with the rows of its history that say so."""
    kept = account["bookkeeping"]
    alerts: Mapping[str, list[object]] = (orjson.loads(kept) if isinstance(kept, str) else kept)["alerts"]
    for key, value in alerts.items():
        told: list[object] = [*value, *_USUAL[len(value) - 3 :]]
        opened = _row(connection, account["account_id"], "alert_opened", key)
        cleared = None if value[2] is None else _row(connection, account["account_id"], "alert_cleared", key)
        at = account if opened is None else opened
        yield {
            "account_id": account["account_id"],
            "alert": key,
            **dict(zip(_TOLD, told, strict=True)),
            "segment": account["segment"],
            "machine": at["machine"],
            "stage": account["stage"] if opened is None else opened["to_stage"],
            "opened_seq": None if opened is None else opened["seq"],
            "cleared_seq": None if cleared is None else cleared["seq"],
        }


def _row(connection: sa.Connection, account_id: object, kind: str, alert: str) -> sa.RowMapping | None:
    """The newest row of an account's history of a kind about an alert."""
    about = (_LOG.c.account_id == account_id, _LOG.c.kind == kind, _LOG.c.subject == alert)
    query = sa.select(*_LOG.c).where(*about).order_by(_LOG.c.seq.desc()).limit(1)
    return connection.execute(query).mappings().one_or_none()
