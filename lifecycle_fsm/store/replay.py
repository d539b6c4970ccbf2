"""What really happened to accounts, read in bulk for a replay."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import LOG, LOG_ROW, link_of
from lifecycle_fsm.store.ledger import Link
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_log


def load_histories(connection: Connection, ids: Sequence[UUID], until: datetime) -> dict[UUID, tuple[Link, ...]]:
    """Read the rows of accounts that took effect by an instant, oldest first; accounts without any are absent."""
    found: dict[UUID, list[Link]] = {}
    for row in connection.execute(_HISTORIES, {"ids": list(ids), "until": to_ms(until)}):
        found.setdefault(row.account_id, []).append(link_of(row))
    return {account_id: tuple(links) for account_id, links in found.items()}


def next_ids(connection: Connection, after: UUID | None, limit: int) -> tuple[UUID, ...]:
    """The next accounts in the order of their ids."""
    return tuple(connection.execute(_IDS, {"after": after or UUID(int=0), "limit": limit}).scalars())


_HISTORIES = (
    select(*LOG_ROW)
    .select_from(LOG)
    .where(
        transition_log.c.account_id.in_(bindparam("ids", expanding=True)),
        transition_log.c.effective_at <= bindparam("until"),
    )
    .order_by(transition_log.c.account_id, transition_log.c.seq)
)

_IDS = (
    select(account_state.c.account_id)
    .where(account_state.c.account_id > bindparam("after", type_=account_state.c.account_id.type))
    .order_by(account_state.c.account_id)
    .limit(bindparam("limit"))
)
