"""Success plans of accounts."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.plan import PlanStatus, SuccessPlan
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each
from lifecycle_fsm.store.tables.ctas import success_plan

_COLUMNS = (
    "account_id",
    "id",
    "type",
    "title",
    "status",
    "opened_at",
    "due_at",
    "closed_at",
    "key",
    "completes_itself",
    "activated_at",
    "owner",
)

_UPSERT = (
    "ON CONFLICT (account_id, id) DO UPDATE SET title = excluded.title, status = excluded.status, "
    "due_at = excluded.due_at, closed_at = excluded.closed_at, activated_at = excluded.activated_at, "
    "owner = excluded.owner"
)

_PLANS = (
    select(*(success_plan.c[name] for name in _COLUMNS))
    .where(success_plan.c.account_id.in_(bindparam("ids", expanding=True)))
    .order_by(success_plan.c.account_id, success_plan.c.opened_at, success_plan.c.id)
)


def save_plans(connection: Connection, plans: Sequence[tuple[UUID, SuccessPlan]]) -> None:
    """Insert plans of these accounts, or write what changes on those that exist."""
    dialect = dialect_of(connection)
    statement = dialect.insert("success_plan", _COLUMNS, _UPSERT)
    execute_each(connection, statement, [_values(account_id, plan, dialect) for account_id, plan in plans])


def load_plans(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[SuccessPlan, ...]]:
    """Read all plans of accounts, oldest first; accounts without any are absent."""
    rows = connection.execute(_PLANS, {"ids": list(ids)}).all()
    return {
        account_id: tuple(_plan_of(row) for row in group)
        for account_id, group in groupby(rows, key=attrgetter("account_id"))
    }


def _plan_of(row: ResultRow[*tuple[object, ...]]) -> SuccessPlan:
    return SuccessPlan(
        id=row.id,
        type=row.type,
        title=row.title,
        status=PlanStatus(row.status),
        opened_at=from_ms(row.opened_at),
        due_at=optional_instant(row.due_at),
        closed_at=optional_instant(row.closed_at),
        key=row.key or str(row.id),
        completes_itself=bool(row.completes_itself),
        activated_at=optional_instant(row.activated_at),
        owner=row.owner,
    )


def _values(account_id: UUID, plan: SuccessPlan, dialect: Dialect) -> Row:
    return (
        dialect.bind_id(account_id),
        dialect.bind_id(plan.id or new_id(to_ms(plan.opened_at))),
        plan.type,
        plan.title,
        plan.status.value,
        to_ms(plan.opened_at),
        optional_ms(plan.due_at),
        optional_ms(plan.closed_at),
        plan.key or None,
        plan.completes_itself,
        optional_ms(plan.activated_at),
        plan.owner,
    )
