"""How old CTAs are, and how many were closed too late."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.ages import AGE_BANDS, AgeBand
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.scoping import about_standing, in_period, ms, whole_days
from lifecycle_fsm.store.tables.ctas import cta


class CtaCount(NamedTuple):
    """
    CTAs of one reason and owner.

    `open_days` is the sum of the ages of those open, in whole days; `ages` are how many of
    them are in each of `AGE_BANDS`.
    """

    reason: str
    owner: str
    open: int
    overdue: int
    open_days: int
    closed: int
    closed_overdue: int
    ages: tuple[int, ...]


def count_ctas(connection: Connection, scope: ReportScope, portfolio: Portfolio) -> tuple[CtaCount, ...]:
    """Count the CTAs that were open at the date, and those closed in the period, by reason and owner, sorted."""
    at, each = ms(to_ms(scope.as_of)), cta.c
    is_open = and_(each.opened_at <= at, or_(each.closed_at.is_(None), each.closed_at > at))
    closed = and_(each.closed_at.is_not(None), *in_period(each.closed_at, scope))
    counted = (
        (is_open, 1),
        (and_(is_open, each.due_at < at), 1),
        (is_open, whole_days(at - each.opened_at)),
        (closed, 1),
        (and_(closed, each.closed_at > each.due_at), 1),
        *((and_(is_open, *_within(whole_days(at - each.opened_at), band)), 1) for band in AGE_BANDS),
    )
    sums = (func.sum(case((condition, value), else_=0)) for condition, value in counted)
    keys = (each.reason, each.owner)
    rows = connection.execute(
        select(*keys, *sums)
        .where(*about_standing(each.account_id, scope, portfolio), or_(is_open, closed))
        .group_by(*keys)
        .order_by(*keys)
    )
    return tuple(_count(row[0], row[1], [int(number) for number in row[2:]]) for row in rows)


def _within(days: ColumnElement[int], band: AgeBand) -> list[ColumnElement[bool]]:
    return [days >= ms(band.first), *([] if band.last is None else [days <= ms(band.last)])]


def _count(reason: str, owner: str, numbers: list[int]) -> CtaCount:
    *counts, closed_overdue = numbers[: -len(AGE_BANDS)]
    is_open, overdue, open_days, closed = counts
    ages = tuple(numbers[-len(AGE_BANDS) :])
    return CtaCount(reason, owner, is_open, overdue, open_days, closed, closed_overdue, ages)
