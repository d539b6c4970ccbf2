"""How many accounts stood in each stage at a date, and their recurring revenue."""

from typing import NamedTuple

from sqlalchemy import Double, Select, cast, func, null, select, union_all

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.fields import Field
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.reports.scoping import ms, standing, visited
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.visits import stage_visit


class StageCount(NamedTuple):
    """The accounts in a stage; `revenue` is None where no fact says it, `with_revenue` how many have one."""

    segment: str
    stage: str
    accounts: int
    revenue: float | None
    with_revenue: int


def count_stages(
    connection: Connection, scope: ReportScope, portfolio: Portfolio, revenue: Field | None, layout: Layout
) -> tuple[StageCount, ...]:
    """Count accounts by segment and stage, sorted."""
    parts = union_all(_running(scope, portfolio, revenue, layout), _left_later(scope, portfolio, revenue, layout))
    counted = parts.subquery()
    keys = (counted.c.segment, counted.c.stage)
    sums = (func.sum(counted.c.accounts), func.sum(counted.c.revenue), func.sum(counted.c.with_revenue))
    rows = connection.execute(select(*keys, *sums).group_by(*keys).order_by(*keys))
    return tuple(StageCount(row[0], row[1], int(row[2]), row[3], int(row[4])) for row in rows)


def _running(
    scope: ReportScope, portfolio: Portfolio, revenue: Field | None, layout: Layout
) -> Select[*tuple[object, ...]]:
    keys = (account_state.c.segment, account_state.c.stage)
    return (
        select(*keys, *_sums(revenue, layout))
        .where(*standing(scope, portfolio), account_state.c.entered_at <= ms(to_ms(scope.as_of)))
        .group_by(*keys)
    )


def _left_later(
    scope: ReportScope, portfolio: Portfolio, revenue: Field | None, layout: Layout
) -> Select[*tuple[object, ...]]:
    at = ms(to_ms(scope.as_of))
    keys = (stage_visit.c.segment, stage_visit.c.stage)
    query = select(*keys, *_sums(revenue, layout)).select_from(stage_visit)
    if revenue is not None:
        query = query.join(account_state, account_state.c.account_id == stage_visit.c.account_id)
    return query.where(*visited(scope, portfolio), stage_visit.c.left_at > at, stage_visit.c.entered_at <= at).group_by(
        *keys
    )


def _sums(revenue: Field | None, layout: Layout) -> tuple[object, ...]:
    value = cast(null(), Double()) if revenue is None else layout.expression(revenue)
    return (
        func.count().label("accounts"),
        func.sum(value).label("revenue"),
        func.count(value).label("with_revenue"),
    )
