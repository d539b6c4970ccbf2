"""Episodes of alerts, kept beside the memory of accounts in the transaction that changes it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, delete

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.change import EpisodeChange
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_ms
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each
from lifecycle_fsm.store.tables.alerts import alert_episode

EPISODE_COLUMNS = tuple(column.name for column in alert_episode.columns)

_UPSERT = (
    "ON CONFLICT (account_id, alert, opened_at, episode) DO UPDATE SET severity = excluded.severity, "
    "raised_at = excluded.raised_at, cleared_at = excluded.cleared_at, cleared_seq = excluded.cleared_seq"
)


def save_episodes(connection: Connection, episodes: Sequence[tuple[UUID, int, EpisodeChange]]) -> None:
    """Insert episodes, or write how those that exist stand; with the number that history had before the write."""
    dialect = dialect_of(connection)
    statement = dialect.insert("alert_episode", EPISODE_COLUMNS, _UPSERT)
    execute_each(connection, statement, [_values(account, seq, each, dialect) for account, seq, each in episodes])


def take_back_episodes(connection: Connection, since: Sequence[tuple[UUID, int]]) -> None:
    """Forget the episodes that an account's history row of that number or a later one opened: they were undone."""
    if since:
        connection.execute(_TAKE_BACK, [{"id": account_id, "since": seq} for account_id, seq in since])


def _values(account_id: UUID, before: int, change: EpisodeChange, dialect: Dialect) -> Row:
    state = change.state
    return (
        dialect.bind_id(account_id),
        change.alert,
        to_ms(state.opened_at),
        state.episode,
        state.severity.value,
        optional_ms(state.raised_at),
        optional_ms(state.cleared_at),
        change.segment,
        change.machine,
        change.stage,
        None if change.opened_by is None else before + 1 + change.opened_by,
        None if change.cleared_by is None else before + 1 + change.cleared_by,
    )


_TAKE_BACK = delete(alert_episode).where(
    alert_episode.c.account_id == bindparam("id"), alert_episode.c.opened_seq >= bindparam("since")
)
