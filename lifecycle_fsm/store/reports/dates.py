"""Accounts by a date that is known about them, such as that of renewal."""

from typing import NamedTuple

from sqlalchemy import Double, cast, func, null, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.fields import Field
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.reports.scoping import ms, standing
from lifecycle_fsm.store.tables.accounts import account_state


class DayCount(NamedTuple):
    """Accounts with that day, in days since 1970, and what of revenue is known of them."""

    day: int
    accounts: int
    revenue: float | None


def count_days(  # noqa: PLR0913, PLR0917 # who sees what of which two fields
    connection: Connection,
    scope: ReportScope,
    portfolio: Portfolio,
    day: Field,
    revenue: Field | None,
    layout: Layout,
    first: int,
    last: int,
) -> tuple[DayCount, ...]:
    """Count accounts by a fact that is a day, from `first` to `last`, both included."""
    value = layout.expression(day)
    amount = cast(null(), Double()) if revenue is None else layout.expression(revenue)
    query = select(value, func.count(), func.sum(amount))
    chosen = query.where(
        *standing(scope, portfolio), value >= ms(first), value <= ms(last), account_state.c.stage != ""
    )
    return tuple(DayCount(*row) for row in connection.execute(chosen.group_by(value).order_by(value)))
