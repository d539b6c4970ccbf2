"""Visits to stages that are over, kept beside the log in the transaction that ends them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import BigInteger, and_, bindparam, case, delete, func, literal, select, update

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.pause import Standstill
from lifecycle_fsm.store.change import LeftStage
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ledger import Entry
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.visits import stage_visit

VISIT_COLUMNS = tuple(column.name for column in stage_visit.columns)

OWN_OF_VISIT = tuple(VISIT_COLUMNS.index(name) for name in ("account_id", "entered_at", "health_score", "health_band"))
"""The places of what differs between accounts that leave a stage together."""

_UNASSIGNED = "unassigned"


def append_visits(connection: Connection, visits: Sequence[tuple[UUID, int, LeftStage]]) -> None:
    """Append visits that history rows with these numbers ended."""
    dialect = dialect_of(connection)
    statement = dialect.insert("stage_visit", VISIT_COLUMNS)
    execute_each(connection, statement, [visit_values(account, seq, left, dialect) for account, seq, left in visits])


def take_back_visits(connection: Connection, since: Sequence[tuple[UUID, int]]) -> None:
    """Forget the visits that ended with an account's history row of that number or later: they were undone."""
    if since:
        connection.execute(_TAKE_BACK, [{"id": account_id, "since": seq} for account_id, seq in since])


def add_to_visits(connection: Connection, account_id: UUID, stop: Standstill) -> None:
    """Say of the visits that are over how long a pause that was written down later had stopped their clocks."""
    since, until = literal(to_ms(stop.since), BigInteger()), literal(to_ms(stop.until), BigInteger())
    visit = stage_visit.c
    first = case((visit.entered_at > since, visit.entered_at), else_=since)
    last = case((visit.left_at < until, visit.left_at), else_=until)
    touched = and_(visit.account_id == account_id, visit.entered_at < until, visit.left_at > since)
    connection.execute(
        update(stage_visit).where(touched).values(paused_ms=func.coalesce(visit.paused_ms, 0) + last - first)
    )


def close_visits(connection: Connection, account_id: UUID, last: Entry, seq: int) -> None:
    """End the running visit of an account that is erased, and forget who owned it while it was anywhere."""
    connection.execute(update(stage_visit).where(stage_visit.c.account_id == account_id).values(csm=None))
    standing = select(
        account_state.c.segment, account_state.c.machine, account_state.c.stage, account_state.c.entered_at
    ).where(account_state.c.account_id == account_id, account_state.c.machine != _UNASSIGNED)
    row = connection.execute(standing).one_or_none()
    if row is not None:
        ended = {"left_at": to_ms(last.effective_at), "to_stage": last.to_stage, "kind": RecordKind.ERASED.value}
        connection.execute(stage_visit.insert().values(account_id=account_id, seq=seq, **row._mapping, **ended))


def visit_values(account_id: UUID, seq: int, left: LeftStage, dialect: Dialect) -> Row:
    """The columns of a visit, in the order of the table."""
    return (
        dialect.bind_id(account_id),
        seq,
        left.segment,
        left.machine,
        left.stage,
        to_ms(left.entered_at),
        to_ms(left.left_at),
        left.to_stage,
        left.kind.value,
        left.transition,
        left.csm,
        left.health_score,
        None if left.health_band is None else left.health_band.value,
        left.paused_ms or None,
    )


_TAKE_BACK = delete(stage_visit).where(
    stage_visit.c.account_id == bindparam("id"), stage_visit.c.seq >= bindparam("since")
)
