"""What is not known about accounts, or was too long ago."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.catalog import MeasureSpec
from lifecycle_fsm.domain.fields import observed_field
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.reports.asked import Asked, Rows, flag, owned
from lifecycle_fsm.store.reports.fenced import fenced
from lifecycle_fsm.store.reports.lasts import last_of_each
from lifecycle_fsm.store.reports.pieces import in_pieces
from lifecycle_fsm.store.reports.positions import positions
from lifecycle_fsm.store.reports.present import measure_of
from lifecycle_fsm.store.reports.scoping import ms, standing
from lifecycle_fsm.store.reports.scores import last_values
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.facts import fact_history


class MeasureGap(NamedTuple):
    """
    Of so many accounts of a segment, how many have no value of a measure, and how many a stale one.

    `field` is the measure's, stale is what was seen at `oldest` or before, in milliseconds since 1970;
    `is_past` says that this is how it was at a date that is over.
    """

    segment: str
    measure: str
    accounts: int
    missing: int
    stale: int
    field: str
    oldest: int
    is_past: bool = False


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


def gaps_then(asked: Asked) -> Rows:
    """
    Accounts that stood somewhere at the date: `account_id`, `segment`, and whether the field was missing, or stale.

    `is_stale` was what had been seen at `oldest` or before.
    """
    asked = replace(asked, parameters={**asked.parameters, "field": measure_of(asked).key})
    stood, seen = positions(asked, asked.at), last_values(asked, asked.at).subquery()
    is_stale = and_(seen.c.number.is_not(None), seen.c.observed_at <= ms(asked.number("oldest")))
    query = select(
        stood.c.account_id,
        stood.c.segment,
        flag(seen.c.number.is_(None)).label("is_missing"),
        flag(is_stale).label("is_stale"),
    ).select_from(stood.outerjoin(seen, seen.c.account_id == stood.c.account_id))
    return query if asked.scope.segment is None else query.where(stood.c.segment == asked.scope.segment)


def count_gaps_then(connection: Connection, asked: Asked, measures: Sequence[MeasureSpec]) -> tuple[MeasureGap, ...]:
    """
    Count what was missing and stale at the date that is asked for, segments sorted.

    One statement counts the accounts, and one those that had a value of each measure; the others lacked it.
    """
    at, found = to_ms(asked.scope.as_of), list[MeasureGap]()
    oldest = {spec.field.key: _oldest(spec, at) for spec in measures}
    had = _had_then(connection, asked, oldest) if measures else {}
    for segment, accounts in sorted(_accounts_then(connection, asked).items()):
        for spec in measures:
            field = spec.field.key
            known, stale = had.get((segment, field), (0, 0))
            missing = accounts - known
            found.append(MeasureGap(segment, spec.key, accounts, missing, stale, field, oldest[field], is_past=True))
    return tuple(found)


def _accounts_then(connection: Connection, asked: Asked) -> dict[str, int]:
    """How many accounts stood in each segment at the date."""
    stood, chosen = positions(asked, asked.at).c, asked.scope.segment
    query = select(stood.segment, func.count()).group_by(stood.segment)
    rows = connection.execute(query if chosen is None else query.where(stood.segment == chosen))
    return {row[0]: row[1] for row in rows}


def _had_then(
    connection: Connection, asked: Asked, oldest: Mapping[str, int]
) -> dict[tuple[str, str], tuple[int, int]]:
    """By segment and field: how many accounts had a value at the date, and of how many it was stale."""
    stood, seen = positions(asked, asked.at).c, in_pieces(asked, lambda part: _last_seen(part, oldest)).subquery().c
    rows = select(stood.segment, seen.field, seen.is_stale).where(
        stood.account_id == seen.account_id, seen.number.is_not(None)
    )
    each = fenced(rows, connection).c
    keys, chosen = (each.segment, each.field), asked.scope.segment
    query = select(*keys, func.count(), func.sum(each.is_stale)).group_by(*keys)
    found = connection.execute(query if chosen is None else query.where(each.segment == chosen))
    return {(segment, field): (known, int(stale)) for segment, field, known, stale in found}


def _last_seen(asked: Asked, oldest: Mapping[str, int]) -> Select[*tuple[Any, ...]]:
    """The last row by the date of each account and field: `account_id`, `field`, `number`, `is_stale`."""
    seen = fact_history.c
    staleness = case({field: ms(instant) for field, instant in oldest.items()}, value=seen.field)
    query = select(seen.account_id, seen.field, seen.number, flag(seen.observed_at <= staleness).label("is_stale"))
    query = query.where(seen.field.in_(oldest), seen.observed_at <= asked.at, *owned(seen.account_id, asked))
    order = (seen.observed_at, seen.recorded_at, seen.id)
    return last_of_each(query, (seen.account_id, seen.field), order, is_sqlite=asked.is_sqlite)


def _oldest(spec: MeasureSpec, at: int) -> int:
    return at - (spec.stale_after_ms or at)
