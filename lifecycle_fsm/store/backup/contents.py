"""What a snapshot of a store holds: its tables counted, the ends of its chains, and its log."""

from hashlib import sha256

from sqlalchemy import func, inspect, select
from sqlalchemy import table as any_table

from lifecycle_fsm.domain.backup import Contents
from lifecycle_fsm.store.checkpoints import load_checkpoints
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.merkle_log import load_edge
from lifecycle_fsm.store.revision import REVISION_TABLE, revision_of
from lifecycle_fsm.store.tables import metadata
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.audit import checkpoint, merkle_leaf, merkle_node

_PAGE = 10_000


def contents_of(connection: Connection) -> Contents | None:
    """Look through a snapshot, whatever revision its tables have; None where there are none."""
    revision = revision_of(connection)
    if revision is None:
        return None
    tables = our_tables(connection)
    counted = {name: _count(connection, name) for name in tables if name != REVISION_TABLE}
    size, root = _log(connection, tables)
    return Contents(revision, counted, _heads(connection), size, root)


def our_tables(connection: Connection) -> list[str]:
    """The tables of this product that the store has, whatever its revision, by name."""
    known = {*metadata.tables, REVISION_TABLE}
    return sorted(known & set(inspect(connection).get_table_names()))


def newest_note(connection: Connection) -> str | None:
    """The signed note of the longest log that the store keeps."""
    if checkpoint.name not in our_tables(connection):
        return None
    notes = load_checkpoints(connection)
    return notes[-1].note if notes else None


def _count(connection: Connection, name: str) -> int:
    return connection.execute(select(func.count()).select_from(any_table(name))).scalar_one()


def _heads(connection: Connection) -> str:
    """SHA-256 over account, length and hash of every chain, by account."""
    columns = (account_state.c.account_id, account_state.c.state_version, account_state.c.head_hash)
    ends = select(*columns).order_by(columns[0]).execution_options(yield_per=_PAGE)
    digest = sha256()
    for account_id, length, head in connection.execute(ends):
        digest.update(account_id.bytes + length.to_bytes(8, "big") + bytes(head))
    return digest.hexdigest()


def _log(connection: Connection, tables: list[str]) -> tuple[int, str]:
    if not {merkle_leaf.name, merkle_node.name} <= set(tables):
        return 0, ""
    edge = load_edge(connection)
    return edge.size, edge.root.hex() if edge.size else ""
