"""
Counts of accounts by segment, version and stage, kept in the transactions that move accounts.

Every transaction appends what it changed, so that no two wait for one row; a job adds the rows
up now and then. The sum of all rows is always what counting the accounts would give.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Select, String, cast, delete, func, literal, literal_column, select, text, union_all

from lifecycle_fsm.store.change import Place
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.tallies import stage_tally

TALLY_COLUMNS = tuple(column.name for column in stage_tally.columns)

UNASSIGNED = "unassigned"
"""The segment of accounts that no segment takes; they are not counted."""

_NOBODY = UUID(int=0)
_MANY = 200

Counts = Mapping[Place, int]
"""Accounts by where they stand."""


class StageAccounts(NamedTuple):
    """The accounts in a stage, of all versions of its segment's machine."""

    segment: str
    stage: str
    accounts: int


def shift(moves: Iterable[tuple[Place | None, Place, int]]) -> Counts:
    """What so many accounts that stood here and stand there change; without a place before they are new."""
    counts: Counter[Place] = Counter()
    for before, after, accounts in moves:
        if before != after:
            counts[after] += accounts
            if before is not None:
                counts[before] -= accounts
    return {place: count for place, count in counts.items() if count and place.segment != UNASSIGNED}


def tally_values(account_id: UUID, counts: Counts, at_ms: int, dialect: Dialect) -> list[Row]:
    """The rows that a transaction appends, in the order of the table's columns."""
    name = dialect.bind_id(account_id)
    return [(name, dialect.bind_id(new_id(at_ms)), *place, count) for place, count in counts.items()]


def add_to_tally(connection: Connection, account_id: UUID, counts: Counts, at_ms: int) -> None:
    """Append what a transaction changed, in the name of one of its accounts."""
    dialect = dialect_of(connection)
    rows = tally_values(account_id, counts, at_ms, dialect)
    execute_each(connection, dialect.insert(stage_tally.name, TALLY_COLUMNS), rows)


def sum_of_tally() -> Select[tuple[str, str, int]]:
    """The query for the accounts of each stage, sorted."""
    total = cast(func.sum(stage_tally.c.accounts), BigInteger)
    keys = (stage_tally.c.segment, stage_tally.c.stage)
    return select(*keys, total).group_by(*keys).having(total != literal_column("0")).order_by(*keys)


def count_stages_now(connection: Connection, segments: Sequence[str] | None) -> tuple[StageAccounts, ...]:
    """The accounts of each stage as they stand now, sorted, in these segments; None is all."""
    query = sum_of_tally()
    if segments is not None:
        query = query.where(stage_tally.c.segment.in_(segments))
    return tuple(StageAccounts._make(row) for row in connection.execute(query))


def has_many_rows(connection: Connection) -> bool:
    """Whether the tally has grown so long that it should be added up."""
    some = select(stage_tally.c.id).limit(_MANY + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() > _MANY


def add_up(connection: Connection, at_ms: int) -> None:
    """Put one row for each place where there are many."""
    _alone(connection)
    summed, _ = _taken(connection, counted=False)
    add_to_tally(connection, _NOBODY, _some(summed), at_ms)


def count_anew(connection: Connection, at_ms: int) -> int:
    """Put what counting the accounts gives in the place of all rows, and say how many places were wrong."""
    _alone(connection)
    summed, counted = _taken(connection, counted=True)
    add_to_tally(connection, _NOBODY, counted, at_ms)
    return sum(summed.get(place, 0) != counted.get(place, 0) for place in summed.keys() | counted.keys())


def _some(counts: Counts) -> Counts:
    return {place: count for place, count in counts.items() if count}


def _alone(connection: Connection) -> None:
    """Keep others from adding up at the same time: they would not see what this transaction puts in."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('stage_tally'))"))


def _taken(connection: Connection, *, counted: bool) -> tuple[Counts, Counts]:
    """
    Remove every row, and give what they add up to, and where asked what counting gives.

    On PostgreSQL one statement does all of it, so that it sees one instant: what commits
    afterwards is in neither, and its rows stay.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    gone = delete(stage_tally).returning(*stage_tally.columns).cte("gone")
    source = stage_tally if is_sqlite else gone
    keys = (source.c.segment, source.c.machine, source.c.stage)
    query = select(literal("summed", String()), *keys, func.sum(source.c.accounts)).group_by(*keys)
    parts = [query, _counting()] if counted else [query]
    rows = connection.execute(union_all(*parts)).all()
    if is_sqlite:
        connection.execute(delete(stage_tally))
    found: dict[str, dict[Place, int]] = {"summed": {}, "counted": {}}
    for kind, segment, machine, stage, count in rows:
        found[kind][Place(segment, machine, stage)] = int(count)
    return found["summed"], found["counted"]


def _counting() -> Select[*tuple[object, ...]]:
    keys = (account_state.c.segment, account_state.c.machine, account_state.c.stage)
    assigned = account_state.c.segment != UNASSIGNED
    return select(literal("counted", String()), *keys, func.count()).where(assigned).group_by(*keys)
