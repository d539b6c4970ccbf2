"""How many accounts stood in each stage at a date, and their recurring revenue."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Double, Select, Subquery, cast, func, literal, null, select, union_all

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.fields import Field
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.reports.known import corrections, hindsight, known_positions
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
    then = hindsight(scope)
    parts = [_running(then, portfolio, revenue, layout), _left_later(then, portfolio, revenue, layout)]
    if scope.known_at is None:
        return _counted(connection, union_all(*parts).subquery())
    if revenue is None:
        return _counted(connection, union_all(*parts, _corrected(scope, portfolio)).subquery())
    return _counted(connection, _as_known(scope, portfolio, revenue, layout).subquery())


def _counted(connection: Connection, counted: Subquery) -> tuple[StageCount, ...]:
    keys = (counted.c.segment, counted.c.stage)
    sums = (func.sum(counted.c.accounts), func.sum(counted.c.revenue), func.sum(counted.c.with_revenue))
    query = select(*keys, *sums).group_by(*keys).having(sums[0] > 0).order_by(*keys)
    return tuple(StageCount(row[0], row[1], int(row[2]), row[3], int(row[4])) for row in connection.execute(query))


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


def _corrected(scope: ReportScope, portfolio: Portfolio) -> Select[*tuple[object, ...]]:
    """By how much the accounts of each stage are others than in hindsight; sums of revenue would not be exact so."""
    found = corrections(scope, portfolio)
    keys = (found.c.segment, found.c.stage)
    nothing: ColumnElement[float | None] = cast(null(), Double())
    sums = (func.sum(found.c.accounts).label("accounts"), nothing.label("revenue"), literal(0).label("with_revenue"))
    return select(*keys, *sums).group_by(*keys)


def _as_known(
    scope: ReportScope, portfolio: Portfolio, revenue: Field | None, layout: Layout
) -> Select[*tuple[object, ...]]:
    stood = known_positions(scope, portfolio)
    keys = (stood.c.segment, stood.c.stage)
    query = select(*keys, *_sums(revenue, layout)).select_from(stood)
    if revenue is not None:
        query = query.join(account_state, account_state.c.account_id == stood.c.account_id)
    return query.group_by(*keys)


def _sums(revenue: Field | None, layout: Layout) -> tuple[object, ...]:
    value = cast(null(), Double()) if revenue is None else layout.expression(revenue)
    return (
        func.count().label("accounts"),
        func.sum(value).label("revenue"),
        func.count(value).label("with_revenue"),
    )
