"""CTAs of all accounts in one list, cut into pages by what was last seen."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Integer, Select, and_, case, func, literal, not_, or_, select, true
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.cta import Cta, Priority
from lifecycle_fsm.domain.cta_filter import CtaFilter, CtaOrder, CtaOrderField
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.ctas import CTA_COLUMNS, cta_of
from lifecycle_fsm.store.cursors import Part, read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.scope import about_visible
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.ctas import cta

CtaId = tuple[UUID, UUID]
"""The account and the CTA."""

PlacedCta = tuple[UUID, Cta]
"""The account and its CTA."""

_RANK: ColumnElement[int] = case(
    {each.value: each.rank for each in Priority}, value=cta.c.priority, else_=literal(0, Integer())
)
_SORTED_BY: dict[CtaOrderField, ColumnElement[int]] = {
    CtaOrderField.DUE_AT: cta.c.due_at,
    CtaOrderField.OPENED_AT: cta.c.opened_at,
    CtaOrderField.PRIORITY: _RANK,
}


def page_ctas(
    connection: Connection, choose: CtaFilter, order: CtaOrder, as_of: datetime, page: PageRequest, portfolio: Portfolio
) -> Page[PlacedCta]:
    """
    Read one page of CTAs.

    Raises:
        InvalidInput: the cursor is not one of a list in this order.
    """
    accepted = [*_accepts(choose, as_of), *about_visible(cta.c.account_id, portfolio)]
    query = _walk(order, page).where(*accepted).limit(page.size + 1)
    rows = connection.execute(_joined(query, choose)).all()
    total = None
    if page.with_total:
        counted = select(func.count()).select_from(cta).where(*accepted)
        total = connection.execute(_joined(counted, choose)).scalar_one()
    return cut(rows, page, item_of=_placed, cursor_of=lambda row: _cursor(row, order), total=total)


def find_cta_ids(
    connection: Connection, choose: CtaFilter, as_of: datetime, limit: int, portfolio: Portfolio
) -> tuple[CtaId, ...]:
    """Up to so many CTAs that the filter chooses, by account and id."""
    accepted = [*_accepts(choose, as_of), *about_visible(cta.c.account_id, portfolio)]
    query = select(cta.c.account_id, cta.c.id).where(*accepted)
    rows = connection.execute(_joined(query, choose).order_by(cta.c.account_id, cta.c.id).limit(limit))
    return tuple((row[0], row[1]) for row in rows)


def _joined(query: Select[Any], choose: CtaFilter) -> Select[Any]:
    """Only a filter that asks for the account reads it."""
    if not (choose.segments or choose.stages or choose.csms):
        return query
    return query.join(account_state, account_state.c.account_id == cta.c.account_id)


def _accepts(choose: CtaFilter, as_of: datetime) -> Iterator[ColumnElement[bool]]:
    listed: tuple[tuple[Column[Any], Sequence[object]], ...] = (
        (cta.c.owner, choose.owners),
        (cta.c.type, [each.value for each in choose.types]),
        (cta.c.reason, choose.reasons),
        (cta.c.template, choose.templates),
        (cta.c.priority, [each.value for each in choose.priorities]),
        (cta.c.status, [each.value for each in choose.statuses]),
        (cta.c.outcome, [each.value for each in choose.outcomes]),
        (cta.c.account_id, choose.account_ids),
        (cta.c.subject, choose.subjects),
        (account_state.c.segment, choose.segments),
        (account_state.c.stage, choose.stages),
        (account_state.c.csm, choose.csms),
    )
    yield from (column.in_(values) for column, values in listed if values)
    yield from _claims(choose, to_ms(as_of))
    if choose.due_from is not None:
        yield cta.c.due_at >= to_ms(choose.due_from)
    if choose.due_before is not None:
        yield cta.c.due_at < to_ms(choose.due_before)


def _claims(choose: CtaFilter, as_of_ms: int) -> Iterator[ColumnElement[bool]]:
    is_open = cta.c.closed_at.is_(None)
    claims: tuple[tuple[bool | None, ColumnElement[bool]], ...] = (
        (choose.is_open, is_open),
        (choose.is_flagged, func.coalesce(cta.c.flagged, literal(value=False))),
        (choose.is_snoozed, and_(is_open, func.coalesce(cta.c.snoozed_until, as_of_ms) > as_of_ms)),
        (choose.is_overdue, and_(is_open, cta.c.due_at < as_of_ms)),
    )
    yield from (claim if wanted else not_(claim) for wanted, claim in claims if wanted is not None)


def _walk(order: CtaOrder, page: PageRequest) -> Select[Any]:
    key, falls = _SORTED_BY[order.field], order.descending != page.backwards
    keys: tuple[ColumnElement[Any], ...] = (key, cta.c.account_id, cta.c.id)
    query = select(*(cta.c[name] for name in CTA_COLUMNS), key.label("sort_key"))
    sorted_so = query.order_by(*(each.desc() if falls else each.asc() for each in keys))
    return sorted_so.where(_beyond(order, page, falls=falls))


def _beyond(order: CtaOrder, page: PageRequest, *, falls: bool) -> ColumnElement[bool]:
    cursor, path = (page.before, "before") if page.backwards else (page.after, "after")
    if cursor is None:
        return true()
    value, account_id, cta_id = _read_cursor(cursor, order, path)
    key = _SORTED_BY[order.field]
    columns: tuple[tuple[ColumnElement[Any], object], ...] = (
        (key, value),
        (cta.c.account_id, account_id),
        (cta.c.id, cta_id),
    )
    steps = []
    for place, (column, last) in enumerate(columns):
        same = [each == at for each, at in columns[:place]]
        steps.append(and_(*same, column < last if falls else column > last))
    return or_(*steps)


def _cursor(row: ResultRow[*tuple[object, ...]], order: CtaOrder) -> str:
    placed = (row.account_id.hex, row.id.hex)
    return write_cursor("ctas", order.field.value, order.descending, cast("Part", row.sort_key), *placed)


def _read_cursor(cursor: str, order: CtaOrder, path: str) -> tuple[int, UUID, UUID]:
    mark, field, descending, value, account_id, cta_id = read_cursor(cursor, (str, str, bool, int, str, str), path)
    try:
        ids = UUID(hex=str(account_id)), UUID(hex=str(cta_id))
    except ValueError:
        ids = None
    if ids is None or (mark, field, descending) != ("ctas", order.field.value, order.descending):
        raise InvalidInput("the cursor belongs to another list; start at the beginning", path=path)
    return cast("int", value), *ids


def _placed(row: ResultRow[*tuple[object, ...]]) -> PlacedCta:
    return row.account_id, cta_of(row)
