"""What is not known about accounts, or was too long ago."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, and_, case, exists, func, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.catalog import MeasureSpec
from lifecycle_fsm.domain.fields import observed_field
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.reports.asked import Asked, Rows, flag
from lifecycle_fsm.store.reports.fenced import fenced
from lifecycle_fsm.store.reports.pieces import along_indexes, in_pieces
from lifecycle_fsm.store.reports.positions import positions
from lifecycle_fsm.store.reports.present import measure_of
from lifecycle_fsm.store.reports.scoping import ms, standing
from lifecycle_fsm.store.reports.scores import is_field, last_values, of_field
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.facts import fact_history

_TOGETHER = 10
"""Of how many measures one statement asks, each of which it joins."""


class MeasureGap(NamedTuple):
    """
    Of so many accounts of a segment, how many have no value of a measure, and how many a stale one.

    `field` is the measure's, stale is what was seen at `oldest` or before, in milliseconds since 1970;
    `is_past` says that this is how it was at a date that is over.
    """

    segment: str
    measure: str
    title: str
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
            spec.title,
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
    asked = of_field(asked, measure_of(asked).key)
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
    """Count what was missing and stale at the date that is asked for, segments sorted."""
    at = to_ms(asked.scope.as_of)
    oldest = {spec.field.key: _oldest(spec, at) for spec in measures}
    accounts, had = _had_then(connection, asked, oldest)
    found = list[MeasureGap]()
    for segment, number in sorted(accounts.items()):
        for spec in measures:
            field = spec.field.key
            known, stale = had.get((segment, field), (0, 0))
            counts = (number, number - known, stale)
            found.append(MeasureGap(segment, spec.key, spec.title, *counts, field, oldest[field], is_past=True))
    return tuple(found)


Had = dict[tuple[str, str], tuple[int, int]]
"""By segment and field: how many accounts had a value, and of how many it was stale."""


def _had_then(connection: Connection, asked: Asked, oldest: Mapping[str, int]) -> tuple[dict[str, int], Had]:
    """How many accounts stood in each segment at the date, and had values of the fields."""
    fields = _ever_seen(connection, oldest) if oldest else []
    accounts, had = dict[str, int](), Had()
    for start in range(0, max(len(fields), 1), _TOGETHER):
        some = fields[start : start + _TOGETHER]
        with along_indexes(connection, asked):
            rows = connection.execute(_counting(connection, asked, {field: oldest[field] for field in some})).all()
        for segment, number, *counts in rows:
            accounts[segment] = number
            for field, known, stale in zip(some, counts[::2], counts[1::2], strict=True):
                had[segment, field] = (known, stale)
    return accounts, had


def _ever_seen(connection: Connection, fields: Collection[str]) -> list[str]:
    """Those of the fields that were ever observed of anybody."""
    rows = select(fact_history.c.account_id)
    found = connection.execute(select(*(exists(rows.where(*is_field(field))) for field in fields))).one()
    return [field for field, is_seen in zip(fields, found, strict=True) if is_seen]


def _counting(connection: Connection, asked: Asked, oldest: Mapping[str, int]) -> Select[*tuple[Any, ...]]:
    """Each account is one row, whatever number of measures it has."""
    segment, *seen = fenced(in_pieces(asked, lambda part: _seen_then(part, oldest)), connection).c
    counts = (
        count
        for at, instant in zip(seen, oldest.values(), strict=True)
        for count in (func.count(at), func.count().filter(at <= ms(instant)))
    )
    query = select(segment, func.count(), *counts).group_by(segment)
    return query if asked.scope.segment is None else query.where(segment == asked.scope.segment)


def _seen_then(asked: Asked, fields: Iterable[str]) -> Select[*tuple[Any, ...]]:
    """Where accounts stood at the date: `segment`, and when the value that each field had then was seen (`at_N`)."""
    stood = positions(asked, asked.at)
    joined: FromClause = stood
    seen = []
    for number, field in enumerate(fields):
        last = last_values(of_field(asked, field), asked.at).subquery()
        joined = joined.outerjoin(last, last.c.account_id == stood.c.account_id)
        seen.append(case((last.c.number.is_not(None), last.c.observed_at)).label(f"at_{number}"))
    return select(stood.c.segment, *seen).select_from(joined)


def _oldest(spec: MeasureSpec, at: int) -> int:
    return at - (spec.stale_after_ms or at)
