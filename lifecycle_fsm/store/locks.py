"""What is held for one writer: the rare account that too many change at once, and what is asked for by one key."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.raw import execute_each


def lock_account(connection: Connection, account_id: UUID) -> None:
    """Make other writers of the account wait until this transaction ends; on SQLite they wait anyway."""
    lock_accounts(connection, [account_id])


def lock_accounts(connection: Connection, ids: Iterable[UUID]) -> None:
    """
    The same for many accounts, in the order of their ids, so that two such callers never wait for each other.

    A statement for each: one for all of them would lock rows on several nodes of a distributed database.
    """
    if connection.dialect.name != "sqlite":
        ordered = [(account_id,) for account_id in sorted(ids, key=lambda each: each.bytes)]
        execute_each(connection, "SELECT 1 FROM account_state WHERE account_id = %s FOR UPDATE", ordered)


def lock_asking(connection: Connection, asked_id: UUID) -> None:
    """Make whoever asks for the same wait until this transaction ends; on SQLite they wait anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:asked))"), {"asked": str(asked_id)})
