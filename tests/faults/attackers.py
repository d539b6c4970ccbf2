"""Somebody with the rights of the database's owner, who wants history to say something else."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import delete, select, text, update

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.history import load_chain
from lifecycle_fsm.store.ledger import GENESIS, Entry, canonical_inputs, commit_to, link, read_inputs
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.history import transition_inputs, transition_log

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


def value_of(connection: Connection, account: UUID, row: int, column: str) -> object:
    """What a row of the log says in a column."""
    here = (transition_log.c.account_id == account, transition_log.c.seq == row)
    return connection.execute(select(transition_log.c[column]).where(*here)).scalar_one()


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


@dataclass(frozen=True, slots=True)
class Forgery:
    """What somebody wants a row to say: other columns of the log, and other inputs; None takes an input away."""

    columns: Mapping[str, str | int] = field(default_factory=dict)
    inputs: Mapping[str, Value] = field(default_factory=dict)


def forge(connection: Connection, account: UUID, seq: int, forgery: Forgery) -> None:
    """Change a row and its inputs, commit to them anew, and hash the whole account again: only evidence shows it."""
    previous = GENESIS
    for row in load_chain(connection, account):
        entry, committed = row.entry, row.inputs_hash
        if row.seq == seq:
            entry = _rewritten(entry, forgery.columns)
            committed = _commit_again(connection, account, seq, forgery.inputs)
        forged = link(account, row.seq, previous, entry, committed)
        columns = forgery.columns if row.seq == seq else {}
        edit(connection, account, row.seq, **columns, inputs_hash=committed, prev_hash=previous, hash=forged.hash)
        previous = forged.hash
    connection.execute(update(account_state).where(account_state.c.account_id == account).values(head_hash=previous))


def _rewritten(entry: Entry, columns: Mapping[str, str | int]) -> Entry:
    """The entry with other values of the columns that forgeries change."""
    cause, at = columns.get("cause", entry.cause), columns.get("effective_at")
    return replace(
        entry,
        cause=Cause(str(cause)),
        effective_at=entry.effective_at if at is None else from_ms(int(at)),
        subject=entry.subject if "subject" not in columns else str(columns["subject"]),
        effects=str(columns.get("effects", entry.effects)),
        evaluator=str(columns.get("evaluator", entry.evaluator)),
    )


def _commit_again(connection: Connection, account: UUID, seq: int, changed: Mapping[str, Value]) -> bytes:
    here = (transition_inputs.c.account_id == account, transition_inputs.c.seq == seq)
    kept = connection.execute(
        select(transition_inputs.c.salt, transition_inputs.c.inputs, transition_inputs.c.reason).where(*here)
    ).one()
    inputs = {**read_inputs(kept.inputs), **changed}
    text = canonical_inputs({key: value for key, value in inputs.items() if key not in changed or value is not None})
    connection.execute(update(transition_inputs).where(*here).values(inputs=text))
    return commit_to(kept.salt, text, kept.reason)


@dataclass(frozen=True, slots=True)
class History:
    """The rows of an account with their inputs and its head, as they were."""

    account: UUID
    head: bytes
    rows: tuple[Mapping[str, object], ...]
    inputs: tuple[Mapping[str, object], ...]

    @classmethod
    def of(cls, connection: Connection, account: UUID) -> "History":
        """Read them."""
        head = select(account_state.c.head_hash).where(account_state.c.account_id == account)
        rows, inputs = (
            tuple(
                dict(row) for row in connection.execute(table.select().where(table.c.account_id == account)).mappings()
            )
            for table in (transition_log, transition_inputs)
        )
        return cls(account, connection.execute(head).scalar_one(), rows, inputs)

    def restore(self, connection: Connection) -> None:
        """Write them back."""
        for table, rows in ((transition_log, self.rows), (transition_inputs, self.inputs)):
            for row in rows:
                here = (table.c.account_id == self.account, table.c.seq == row["seq"])
                connection.execute(update(table).where(*here).values(**row))
        state = account_state.c.account_id == self.account
        connection.execute(update(account_state).where(state).values(head_hash=self.head))
