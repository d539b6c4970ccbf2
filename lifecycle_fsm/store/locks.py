"""Rows held for one writer, for the rare account that too many change at once."""

from uuid import UUID

from sqlalchemy import select

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.accounts import account_state


def lock_account(connection: Connection, account_id: UUID) -> None:
    """Make other writers of the account wait until this transaction ends; on SQLite they wait anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(
            select(account_state.c.account_id).where(account_state.c.account_id == account_id).with_for_update()
        )
