"""
The log in the order in which it became visible, for readers who follow it.

On PostgreSQL transactions commit in another order than they begin. A row carries the
number of its transaction, and only those below the oldest one still running are read:
nothing can appear before what was read. On SQLite rows are numbered by their one writer.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.portfolio import Standing
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import LOG, LOG_ROW, link_of
from lifecycle_fsm.store.ledger import Link
from lifecycle_fsm.store.tables.accounts import account_profile, account_state
from lifecycle_fsm.store.tables.history import transition_log

_LAST = UUID(int=2**128 - 1)
_MARK = "feed"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a reader of the log has come to: everything up to here is read."""

    order: int
    account_id: UUID = _LAST
    seq: int = 2**62

    def written(self) -> str:
        """The position as a cursor."""
        return write_cursor(_MARK, self.order, self.account_id.hex, self.seq)


@dataclass(frozen=True, slots=True)
class Appended:
    """A row of the log, where it stands, and how its account stood when it was read."""

    position: Position
    link: Link
    standing: Standing


def read_position(cursor: str, path: str) -> Position:
    """
    Give the position that a cursor names.

    Raises:
        InvalidInput: it is no cursor of the log.
    """
    mark, order, account, seq = read_cursor(cursor, (str, int, str, int), path)
    try:
        account_id = UUID(hex=str(account))
    except ValueError:
        account_id = None
    if mark != _MARK or account_id is None:
        raise InvalidInput("the cursor belongs to another list; use one of an event or `liveCursor`", path=path)
    return Position(int(order or 0), account_id, int(seq or 0))


def newest_position(connection: Connection) -> Position:
    """The position after which everything comes that is not visible yet."""
    if connection.dialect.name == "sqlite":
        return Position(connection.execute(_NEWEST_ROW).scalar_one() or 0)
    return Position(int(connection.execute(_HORIZON).scalar_one()) - 1)


def appended_after(connection: Connection, position: Position, limit: int) -> tuple[Appended, ...]:
    """Read up to so many rows that came after a position, in order."""
    query = _ON_SQLITE if connection.dialect.name == "sqlite" else _ON_POSTGRESQL
    values = {"order": position.order, "account_id": position.account_id, "seq": position.seq, "most": limit}
    return tuple(
        Appended(
            Position(row.commit_order, row.account_id, row.seq),
            link_of(row),
            Standing(
                account_id=row.account_id,
                segment=row.segment,
                stage=row.stage,
                csm=row.csm,
                band=None if row.health_band is None else Band(row.health_band),
                name=row.name,
                key=row.key,
            ),
        )
        for row in connection.execute(query, values)
    )


def _following(place: ColumnElement[int], *conditions: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    """The rows of the log with its own columns, their place, and what is asked of their account."""
    joined = LOG.join(account_state, account_state.c.account_id == transition_log.c.account_id)
    joined = joined.join(account_profile, account_profile.c.account_id == transition_log.c.account_id)
    query: Select[*tuple[object, ...]] = select(*LOG_ROW, place.label("commit_order"), *_STANDING)
    ordered = query.select_from(joined).order_by(place, transition_log.c.account_id, transition_log.c.seq)
    return ordered.where(*conditions).limit(bindparam("most"))


_STANDING: tuple[Column[str], ...] = (
    account_state.c.segment,
    account_state.c.stage,
    account_state.c.csm,
    account_state.c.health_band,
    account_profile.c.name,
    account_profile.c.key,
)

HORIZON = literal_column("CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)", BigInteger)
"""The oldest transaction of PostgreSQL that still runs."""

_HORIZON = select(HORIZON)

_NEWEST_ROW = select(func.max(literal_column("rowid", BigInteger))).select_from(transition_log)


def _on_sqlite() -> Select[*tuple[object, ...]]:
    place = literal_column("transition_log.rowid", BigInteger)
    return _following(place, place > bindparam("order"))


def _on_postgresql() -> Select[*tuple[object, ...]]:
    place = literal_column("transition_log.commit_order", BigInteger)
    order: BindParameter[int] = bindparam("order")
    same = place == order
    behind = or_(
        place > order,
        and_(same, transition_log.c.account_id > bindparam("account_id")),
        and_(same, transition_log.c.account_id == bindparam("account_id"), transition_log.c.seq > bindparam("seq")),
    )
    # The first condition is what the index is read by.
    return _following(place, place >= order, place < _HORIZON.scalar_subquery(), behind)


_ON_SQLITE, _ON_POSTGRESQL = _on_sqlite(), _on_postgresql()
