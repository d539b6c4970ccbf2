"""Somebody with the rights of the database's owner, who wants history to say something else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import delete, text, update

from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.history import load_chain
from lifecycle_fsm.store.ledger import GENESIS, Entry, link
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_log

_TRIGGERS = {
    "sqlite": "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT 'DROP TRIGGER ' || tgname || ' ON ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"
    ),
}


@contextmanager
def unguarded(database: Database) -> Iterator[Connection]:
    """A transaction in a store whose protecting triggers are gone."""
    with database.writing() as connection:
        for statement in connection.execute(text(_TRIGGERS[connection.dialect.name])).scalars().all():
            connection.execute(text(statement))
        yield connection


def edit(connection: Connection, account: UUID, row: int, /, **changed: object) -> None:
    """Overwrite columns of a row of the log."""
    here = (transition_log.c.account_id == account, transition_log.c.seq == row)
    connection.execute(update(transition_log).where(*here).values(**changed))


def remove(connection: Connection, account: UUID, seq: int) -> None:
    """Delete a row of the log, and number nothing anew."""
    here = (transition_log.c.account_id == account, transition_log.c.seq == seq)
    connection.execute(delete(transition_log).where(*here))


def swap(connection: Connection, account: UUID, one: int, other: int) -> None:
    """Let two rows change their numbers."""
    edit(connection, account, one, seq=0)
    edit(connection, account, other, seq=one)
    edit(connection, account, 0, seq=other)


def rewrite(connection: Connection, account: UUID, change: Callable[[Entry], Entry]) -> None:
    """Change rows, hash the whole account again, and set its head: no chain shows it."""
    previous = GENESIS
    for row in load_chain(connection, account):
        forged = link(account, row.seq, previous, change(row.entry), row.inputs_hash)
        values = {"actor": forged.entry.actor, "prev_hash": previous, "hash": forged.hash}
        edit(connection, account, row.seq, **values)
        previous = forged.hash
    connection.execute(update(account_state).where(account_state.c.account_id == account).values(head_hash=previous))


def cut_off(connection: Connection, account: UUID, last: int) -> None:
    """Remove all rows after `last`, and let the account end there, in the stage in which it then was."""
    connection.execute(
        delete(transition_log).where(transition_log.c.account_id == account, transition_log.c.seq > last)
    )
    end = load_chain(connection, account)[-1]
    values = {
        "state_version": end.seq,
        "head_hash": end.hash,
        "stage": end.entry.to_stage,
        "machine": end.entry.machine,
    }
    connection.execute(update(account_state).where(account_state.c.account_id == account).values(**values))
