"""Rows held for one writer, for the rare account that too many change at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.accounts import account_state


def lock_account(connection: Connection, account_id: UUID) -> None:
    """Make other writers of the account wait until this transaction ends; on SQLite they wait anyway."""
    lock_accounts(connection, [account_id])


def lock_accounts(connection: Connection, ids: Sequence[UUID]) -> None:
    """The same for many accounts, in the order of their ids, so that two such callers never wait for each other."""
    if connection.dialect.name != "sqlite":
        key = account_state.c.account_id
        connection.execute(select(key).where(key.in_(ids)).order_by(key).with_for_update())
