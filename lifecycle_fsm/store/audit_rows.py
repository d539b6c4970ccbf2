"""History as an audit reads it: every account's rows in order, page by page, in the driver's own words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeGuard, cast
from uuid import UUID

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, rows_of

_ID_BYTES = 16

PAGE = 5_000
"""How many rows are in memory at a time."""

Text = str | None
Erasable = tuple[bytes, str, Text]
"""The salt, the canonical inputs and the reason of a row."""

RawId = bytes | UUID
"""An id as the driver has it."""


class LogRow(NamedTuple):
    """One row of the log: the values that are hashed, by name as they are stored, the hash before it, and its own."""

    account_id: RawId
    actor: Text
    cause: str
    command_id: Text
    effective_at: int
    effects: str
    evaluator: str
    from_stage: Text
    inputs_hash: bytes | None
    kind: str
    machine: str
    on_behalf_of: Text
    recorded_at: int
    run_id: RawId | None
    seq: int
    subject: Text
    to_stage: str
    transition: Text
    trigger: Text
    prev_hash: bytes
    hash: bytes


HASHED = tuple(name for name in LogRow._fields if name not in ("prev_hash", "hash"))
"""The columns that a row's hash covers, in the order in which they are hashed."""

_HEAD_COLUMNS = ("account_id", "state_version", "head_hash", "stage", "machine")
_EVIDENCE_COLUMNS = ("account_id", "seq", "salt", "inputs", "reason")


@dataclass(frozen=True, slots=True)
class Span:
    """The accounts from `low` to `high`, both included."""

    low: UUID
    high: UUID


class AccountHead(NamedTuple):
    """Where an account says that its history ends, and where it stands; its id in 16 bytes, or as text in ASCII."""

    account: bytes
    revision: int
    hash: bytes
    stage: str
    machine: str


def split(parts: int) -> tuple[Span, ...]:
    """All accounts in spans; ids are hashes, so that accounts lie in them evenly."""
    edges = [2**128 * part // parts for part in range(parts + 1)]
    return tuple(Span(UUID(int=low), UUID(int=high - 1)) for low, high in pairwise(edges))


def uuid_of(raw: RawId) -> UUID:
    """The id that the driver gave."""
    return UUID(bytes=raw) if isinstance(raw, bytes) else raw


def found_id(raw: object) -> UUID | None:
    """The id that is stored; None where somebody put there what is none."""
    return uuid_of(raw) if _is_id(raw) else None


def _is_id(raw: object) -> TypeGuard[RawId]:
    return isinstance(raw, UUID) or (isinstance(raw, bytes) and len(raw) == _ID_BYTES)


def found_ids(connection: Connection, table: str, column: str) -> frozenset[UUID]:
    """The ids in a column, without what is none."""
    rows = rows_of(connection, f"SELECT {column} FROM {table}", ())  # noqa: S608 - our own names
    return frozenset(found for (raw,) in rows if (found := found_id(raw)) is not None)


def id_text(raw: RawId) -> str:
    """The id as it is hashed; cut from its bytes, for making a UUID costs more than hashing the row."""
    cut = raw if isinstance(raw, bytes) else raw.bytes
    return f"{cut[:4].hex()}-{cut[4:10].hex('-', 2)}-{cut[10:].hex()}"


def read_log(connection: Connection, span: Span, after_seq: int = -1) -> Iterator[list[LogRow]]:
    """Read the rows of the log by account and number, in pages; of the first account only those after `after_seq`."""
    dialect = dialect_of(connection)
    statement, high = _after_row(dialect, "transition_log", LogRow._fields), dialect.bind_id(span.high)
    after: Row = (dialect.bind_id(span.low), after_seq)
    while rows := rows_of(connection, statement, (*after, high)):
        page = list(map(LogRow._make, rows))
        yield page
        after = place_behind(page[-1].account_id, page[-1].seq)


def is_sound(row: LogRow) -> bool:
    """Whether a row has an account, a number and an instant; which has not is named by its chain."""
    return _is_id(row.account_id) and isinstance(row.seq, int) and isinstance(row.recorded_at, int)


def place_behind(raw: RawId, seq: object) -> Row:
    """Where to read on behind a row: at the next account if its number is none, for such come last in SQLite."""
    if isinstance(seq, int | float):
        return raw, seq
    return cast("bytes", raw) + b"\0", -1


def read_evidence(connection: Connection, page: list[LogRow]) -> dict[tuple[RawId, int], Erasable]:
    """Read what can be erased of the rows from the first to the last of a page, by account and number."""
    if not page:
        return {}
    statement = _between_rows(dialect_of(connection), "transition_inputs", _EVIDENCE_COLUMNS)
    first, last = page[0], page[-1]
    ends: Row = (first.account_id, first.seq, last.account_id, last.seq)
    rows = cast("list[tuple[RawId, int, bytes, str, Text]]", rows_of(connection, statement, ends))
    return {(raw, seq): (salt, inputs, reason) for raw, seq, salt, inputs, reason in rows}


def read_positions(connection: Connection, page: list[LogRow]) -> dict[tuple[RawId, int], int]:
    """Read where the rows from the first to the last of a page stand in the Merkle log, by account and number."""
    statement = _between_rows(dialect_of(connection), "merkle_leaf", ("account_id", "seq", "position"))
    ends: Row = (page[0].account_id, page[0].seq, page[-1].account_id, page[-1].seq)
    rows = cast("list[tuple[RawId, int, int]]", rows_of(connection, statement, ends))
    return {(raw, seq): position for raw, seq, position in rows}


def count_rows(connection: Connection) -> int:
    """How many rows the accounts say that their histories have."""
    ((total,),) = rows_of(connection, "SELECT CAST(coalesce(sum(state_version), 0) AS bigint) FROM account_state", ())
    return cast("int", total)


def read_heads(connection: Connection, span: Span) -> Iterator[AccountHead]:
    """Read where accounts say that they are, by id, a page at a time."""
    dialect = dialect_of(connection)
    statement, high = _from_account(dialect, "account_state", _HEAD_COLUMNS), dialect.bind_id(span.high)
    low = dialect.bind_id(span.low)
    while rows := rows_of(connection, statement, (low, high)):
        found = cast("list[tuple[RawId, int, bytes, str, str]]", rows)
        yield from (AccountHead(_as_read(row[0]), *row[1:]) for row in found)
        low = _next_id(found[-1][0])


def _next_id(raw: RawId) -> RawId:
    """The least id behind this one that there may be; the last there can be comes again, as no account has it."""
    return raw + b"\0" if isinstance(raw, bytes) else UUID(int=min(raw.int + 1, 2**128 - 1))


def _as_read(raw: RawId) -> bytes:
    return raw if isinstance(raw, bytes) else str(raw).encode()


Columns = tuple[str, ...]


@lru_cache(maxsize=8)
def _after_row(dialect: Dialect, table: str, columns: Columns) -> str:
    mark = dialect.mark
    return (
        f"SELECT {', '.join(columns)} FROM {table} "  # noqa: S608 - our own names
        f"WHERE (account_id, seq) > ({mark}, {mark}) AND account_id <= {mark} ORDER BY account_id, seq LIMIT {PAGE}"
    )


@lru_cache(maxsize=8)
def _between_rows(dialect: Dialect, table: str, columns: Columns) -> str:
    mark = dialect.mark
    return (
        f"SELECT {', '.join(columns)} FROM {table} "  # noqa: S608 - our own names
        f"WHERE (account_id, seq) >= ({mark}, {mark}) AND (account_id, seq) <= ({mark}, {mark})"
    )


@lru_cache(maxsize=8)
def _from_account(dialect: Dialect, table: str, columns: Columns) -> str:
    mark = dialect.mark
    return (
        f"SELECT {', '.join(columns)} FROM {table} "  # noqa: S608 - our own names
        f"WHERE account_id >= {mark} AND account_id <= {mark} ORDER BY account_id LIMIT {PAGE}"
    )
