"""What is not known about accounts, or was too long ago."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, case, func, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.catalog import MeasureSpec
from lifecycle_fsm.domain.fields import observed_field
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.reports.scoping import ms, standing
from lifecycle_fsm.store.tables.accounts import account_state


class MeasureGap(NamedTuple):
    """
    Of so many accounts of a segment, how many have no value of a measure, and how many a stale one.

    `field` is the measure's, stale is what was seen at `oldest` or before, in milliseconds since 1970.
    """

    segment: str
    measure: str
    accounts: int
    missing: int
    stale: int
    field: str
    oldest: int


def count_gaps(
    connection: Connection, scope: ReportScope, portfolio: Portfolio, measures: Sequence[MeasureSpec], layout: Layout
) -> tuple[MeasureGap, ...]:
    """Count missing and stale values of recorded measures by segment, in one scan."""
    at, columns = to_ms(scope.as_of), []
    for spec in measures:
        value, seen = layout.expression(spec.field), layout.expression(observed_field(spec.field))
        columns.append(func.sum(case((value.is_(None), 1), else_=0)))
        oldest = ms(_oldest(spec, at))
        columns.append(func.sum(case((and_(value.is_not(None), seen <= oldest), 1), else_=0)))
    query = select(account_state.c.segment, func.count(), *columns).where(*standing(scope, portfolio))
    rows = connection.execute(query.group_by(account_state.c.segment).order_by(account_state.c.segment))
    return tuple(
        MeasureGap(
            row[0],
            spec.key,
            row[1],
            int(row[2 + 2 * place]),
            int(row[3 + 2 * place]),
            spec.field.key,
            _oldest(spec, at),
        )
        for row in rows
        for place, spec in enumerate(measures)
    )


def _oldest(spec: MeasureSpec, at: int) -> int:
    return at - (spec.stale_after_ms or at)
