"""
The one log of all rows: a Merkle tree that grows behind the accounts' chains.

Of the inner nodes only those above 256, 65,536, ... leaves are kept: any other is found
from at most 256 hashes, so that a proof reads a few hundred rows however long the log is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, Label, and_, bindparam, exists, func, select, type_coerce
from sqlalchemy.types import NullType

from lifecycle_fsm.store.audit_rows import RawId, found_id
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.merkle import Subtree, fold, join, leaf_hash, peaks
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each, printable, rows_of
from lifecycle_fsm.store.tables.audit import audit_entry, merkle_leaf, merkle_node
from lifecycle_fsm.store.tables.history import transition_log

AUDIT_CHAIN = UUID(int=0)
"""What stands for the chain of audit entries where leaves name an account."""

TILE = 8
"""Every so many levels a node is kept."""

_WIDTH = 1 << TILE
_BATCH = 20_000
_TILES = 512


@dataclass(frozen=True, slots=True)
class Leaf:
    """One row in the log; the hash is the row's own, which its chain made."""

    position: int
    account_id: UUID
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Named:
    """A row by its account and number; by its `place` where somebody put there what is no account."""

    account_id: UUID | None
    seq: int | None
    place: str | None


@dataclass(slots=True)
class Edge:
    """
    The right edge of the tree: what the next leaf joins.

    `pending[n]` are the hashes of level `n * TILE` that no kept node covers yet.
    """

    size: int = 0
    pending: list[list[bytes]] = field(default_factory=lambda: [[]])

    @property
    def root(self) -> bytes:
        """The root of the tree as it is."""
        return join(peak for hashes in reversed(self.pending) for peak in peaks(hashes))

    def append(self, row_hash: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf, and give the nodes to keep that it completes: level, position, hash."""
        self.size += 1
        self.pending[0].append(leaf_hash(row_hash))
        place = 0
        while len(self.pending[place]) == _WIDTH:
            node = fold(self.pending[place])
            self.pending[place] = []
            place += 1
            if place == len(self.pending):
                self.pending.append([])
            self.pending[place].append(node)
            level = place * TILE
            yield level, (self.size >> level) - 1, node


def log_size(connection: Connection) -> int:
    """How many leaves the log has."""
    return cast("int", connection.execute(_SIZE).scalar_one())


def load_edge(connection: Connection) -> Edge:
    """Read the right edge of the log."""
    edge = Edge(log_size(connection))
    level = 0
    while (count := edge.size >> level) > 0:
        start = count - count % _WIDTH
        if level:
            edge.pending.append([])
        edge.pending[level // TILE] = nodes_at(connection, level, start, count)
        level += TILE
    return edge


def subtree_of(connection: Connection) -> Subtree:
    """The hash of any whole subtree of the log."""

    def subtree(level: int, position: int) -> bytes:
        kept = level - level % TILE
        width = 1 << (level - kept)
        return fold(nodes_at(connection, kept, position * width, (position + 1) * width))

    return subtree


def remembering_subtree(connection: Connection) -> Subtree:
    """The same for many proofs from one snapshot: what was read, and what was worked out of it, is kept for a while."""

    @lru_cache(maxsize=_TILES)
    def tile(level: int, number: int) -> list[bytes]:
        return nodes_at(connection, level, number * _WIDTH, (number + 1) * _WIDTH)

    @lru_cache(maxsize=_TILES * _WIDTH)
    def subtree(level: int, position: int) -> bytes:
        kept = level - level % TILE
        width = 1 << (level - kept)
        number, start = divmod(position * width, _WIDTH)
        return fold(tile(kept, number)[start : start + width])

    return subtree


def nodes_at(connection: Connection, level: int, start: int, end: int) -> list[bytes]:
    """Read the kept hashes of a level from one position until before another."""
    ends = {"start": start, "end": end, "level": level}
    if level == 0:
        return [leaf_hash(hash_) for hash_ in connection.execute(_LEAF_HASHES, ends).scalars()]
    return list(connection.execute(_NODE_HASHES, ends).scalars())


def grow(connection: Connection) -> Edge:
    """
    Append every row that the log does not have yet, by the instant of recording, and give the edge.

    Two that grow at once collide at the first position, and one of them leaves nothing.
    """
    edge, dialect = load_edge(connection), dialect_of(connection)
    while rows := _next_batch(connection):
        leaves: list[Row] = []
        nodes: list[Row] = []
        for raw, seq, hash_ in rows:
            leaves.append((edge.size, raw, seq, hash_))
            nodes.extend(edge.append(hash_))
        execute_each(connection, dialect.insert("merkle_leaf", _LEAF), leaves)
        execute_each(connection, dialect.insert("merkle_node", _NODE), nodes)
    return edge


def read_leaves(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Read positions and hashes of the whole log in order, some thousands at a time."""
    statement, position = _leaves(dialect_of(connection)), 0
    while rows := cast("list[tuple[int, bytes]]", rows_of(connection, statement, (position,))):
        yield from rows
        position = rows[-1][0] + 1


def kept_nodes(connection: Connection) -> dict[tuple[int, int], bytes]:
    """Read every kept inner node by level and position: one for each 255 leaves."""
    rows = rows_of(connection, "SELECT level, position, hash FROM merkle_node", ())
    return {(level, position): hash_ for level, position, hash_ in cast("list[tuple[int, int, bytes]]", rows)}


def find_leaf(connection: Connection, account_id: UUID, seq: int) -> Leaf | None:
    """The leaf of a row, None while the log does not have it."""
    row = connection.execute(_FIND, {"account_id": account_id, "seq": seq}).one_or_none()
    return None if row is None else Leaf(row.position, row.account_id, row.seq, row.hash)


def forged_leaves(connection: Connection, limit: int) -> list[Named]:
    """The first leaves whose row is gone or has another hash."""
    rows = connection.execute(_FORGED, {"limit": limit})
    return [_named(row.account_id, row.seq, f"leaf {printable(row.position)}") for row in rows]


def rows_put_between(connection: Connection, limit: int) -> list[Named]:
    """Rows that the log does not have although it has a later one of their account."""
    rows = connection.execute(_BETWEEN, {"limit": limit})
    return [_named(row.account_id, row.seq, "history") for row in rows]


def _named(raw: object, seq: object, place: str) -> Named:
    account_id = found_id(raw)
    return Named(account_id, seq if isinstance(seq, int) else None, None if account_id else place)


def count_unlogged(connection: Connection) -> int:
    """How many rows are still to be appended."""
    dialect = dialect_of(connection)
    zero = dialect.bind_id(AUDIT_CHAIN)
    ((count,),) = rows_of(connection, f"SELECT count(*) FROM ({_unlogged(dialect)}) AS waiting", (zero, zero))  # noqa: S608 - our own names
    return cast("int", count)


def _next_batch(connection: Connection) -> list[tuple[RawId, int, bytes]]:
    dialect = dialect_of(connection)
    zero = dialect.bind_id(AUDIT_CHAIN)
    statement = f"{_unlogged(dialect)} ORDER BY recorded_at, account_id, seq LIMIT {_BATCH}"
    rows = cast("list[tuple[RawId, int, bytes, int]]", rows_of(connection, statement, (zero, zero)))
    return [(raw, seq, hash_) for raw, seq, hash_, _ in rows]


@lru_cache(maxsize=2)
def _unlogged(dialect: Dialect) -> str:
    """The rows after the last of their chain that the log has; chains only grow at their end."""
    logged = "coalesce((SELECT max(m.seq) FROM merkle_leaf m WHERE m.account_id = {chain}), 0)"
    return (
        "SELECT l.account_id AS account_id, l.seq AS seq, l.hash AS hash, l.recorded_at AS recorded_at "  # noqa: S608 - our own names
        "FROM account_state s JOIN transition_log l ON l.account_id = s.account_id "
        f"WHERE l.seq > {logged.format(chain='s.account_id')} "
        f"UNION ALL SELECT {dialect.mark}, a.seq, a.hash, a.recorded_at "
        f"FROM audit_entry a WHERE a.seq > {logged.format(chain=dialect.mark)}"
    )


@lru_cache(maxsize=2)
def _leaves(dialect: Dialect) -> str:
    return f"SELECT position, hash FROM merkle_leaf WHERE position >= {dialect.mark} ORDER BY position LIMIT {_BATCH}"  # noqa: S608 - our own names


_LEAF = ("position", "account_id", "seq", "hash")
_NODE = ("level", "position", "hash")

_SIZE = select(func.coalesce(func.max(merkle_leaf.c.position) + 1, 0))

_LEAF_HASHES = (
    select(merkle_leaf.c.hash)
    .where(merkle_leaf.c.position >= bindparam("start"), merkle_leaf.c.position < bindparam("end"))
    .order_by(merkle_leaf.c.position)
)

_NODE_HASHES = (
    select(merkle_node.c.hash)
    .where(
        merkle_node.c.level == bindparam("level"),
        merkle_node.c.position >= bindparam("start"),
        merkle_node.c.position < bindparam("end"),
    )
    .order_by(merkle_node.c.position)
)

_FIND = select(*merkle_leaf.columns).where(
    merkle_leaf.c.account_id == bindparam("account_id"), merkle_leaf.c.seq == bindparam("seq")
)


def _as_stored(column: Column[UUID]) -> Label[Any]:
    """An id as the driver gives it: somebody may have put there what is none."""
    return type_coerce(column, NullType()).label(column.name)


_LOGGED = (merkle_leaf.c.account_id == transition_log.c.account_id, merkle_leaf.c.seq == transition_log.c.seq)

_FORGED = (
    select(merkle_leaf.c.position, _as_stored(merkle_leaf.c.account_id), merkle_leaf.c.seq)
    .select_from(
        merkle_leaf.outerjoin(transition_log, and_(*_LOGGED)).outerjoin(
            audit_entry, and_(merkle_leaf.c.account_id == AUDIT_CHAIN, merkle_leaf.c.seq == audit_entry.c.seq)
        )
    )
    .where(func.coalesce(transition_log.c.hash, audit_entry.c.hash, b"") != merkle_leaf.c.hash)
    .order_by(merkle_leaf.c.position)
    .limit(bindparam("limit"))
)

_LATER = merkle_leaf.alias("later")

_BETWEEN = (
    select(_as_stored(transition_log.c.account_id), transition_log.c.seq)
    .select_from(transition_log.outerjoin(merkle_leaf, and_(*_LOGGED)))
    .where(
        merkle_leaf.c.position.is_(None),
        exists().where(_LATER.c.account_id == transition_log.c.account_id, _LATER.c.seq > transition_log.c.seq),
    )
    .order_by(transition_log.c.account_id, transition_log.c.seq)
    .limit(bindparam("limit"))
)
