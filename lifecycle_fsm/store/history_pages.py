"""History of all accounts in one list, cut into pages by what was last seen."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, func, or_, select, true, tuple_
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history_filter import HistoryFilter, HistoryOrder, HistoryOrderField
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.cursors import Part, read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import LOG, LOG_ROW, link_of
from lifecycle_fsm.store.ledger import Link
from lifecycle_fsm.store.scope import about_visible
from lifecycle_fsm.store.tables.history import transition_log as log
from lifecycle_fsm.store.tables.machines import machine_version

_MARK = "log"
_SORTED_BY: dict[HistoryOrderField, Column[int]] = {
    HistoryOrderField.RECORDED_AT: log.c.recorded_at,
    HistoryOrderField.EFFECTIVE_AT: log.c.effective_at,
}


def page_log(
    connection: Connection, choose: HistoryFilter, order: HistoryOrder, page: PageRequest, portfolio: Portfolio
) -> Page[Link]:
    """
    Read one page of the records that are chosen, of the accounts of a portfolio.

    Raises:
        InvalidInput: the cursor is not one of a list in this order.
    """
    accepted = [*_accepts(choose), *about_visible(log.c.account_id, portfolio)]
    rows = connection.execute(_walk(order, page).where(*accepted).limit(page.size + 1)).all()
    total = None
    if page.with_total:
        total = connection.execute(select(func.count()).select_from(log).where(*accepted)).scalar_one()
    return cut(rows, page, item_of=link_of, cursor_of=lambda row: _cursor(row, order), total=total)


def _accepts(choose: HistoryFilter) -> Iterator[ColumnElement[bool]]:
    listed: tuple[tuple[Column[Any], Sequence[object]], ...] = (
        (log.c.account_id, choose.account_ids),
        (log.c.from_stage, choose.from_stages),
        (log.c.to_stage, choose.to_stages),
        (log.c.transition, choose.transitions),
        (log.c.subject, choose.subjects),
        (log.c.kind, [each.value for each in choose.kinds]),
        (log.c.cause, [each.value for each in choose.causes]),
        (log.c.actor, choose.actors),
        (log.c.machine, choose.machines),
    )
    yield from (column.in_(values) for column, values in listed if values)
    if choose.run_id is not None:
        yield log.c.run_id == choose.run_id
    if choose.stages:
        yield or_(log.c.from_stage.in_(choose.stages), log.c.to_stage.in_(choose.stages))
    if choose.segments:
        versions = select(machine_version.c.digest).where(machine_version.c.segment.in_(choose.segments))
        yield log.c.machine.in_(versions)
    yield from _within(log.c.effective_at, choose.effective_from, choose.effective_before)
    yield from _within(log.c.recorded_at, choose.recorded_from, choose.recorded_before)


def _within(column: Column[int], since: datetime | None, before: datetime | None) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield column >= to_ms(since)
    if before is not None:
        yield column < to_ms(before)


def _walk(order: HistoryOrder, page: PageRequest) -> Select[Any]:
    """The rows beyond the cursor; comparing rows as one lets both databases read an index from there on."""
    falls = order.descending != page.backwards
    keys: tuple[Column[Any], ...] = (_SORTED_BY[order.field], log.c.account_id, log.c.seq)
    query = select(*LOG_ROW).select_from(LOG)
    return query.where(_beyond(keys, order, page, falls=falls)).order_by(
        *(key.desc() if falls else key.asc() for key in keys)
    )


def _beyond(
    keys: tuple[Column[Any], ...], order: HistoryOrder, page: PageRequest, *, falls: bool
) -> ColumnElement[bool]:
    cursor, path = (page.before, "before") if page.backwards else (page.after, "after")
    if cursor is None:
        return true()
    here, last = tuple_(*keys), tuple_(*_read_cursor(cursor, order, path), types=[key.type for key in keys])
    return here < last if falls else here > last


def _cursor(row: ResultRow[*tuple[object, ...]], order: HistoryOrder) -> str:
    at = cast("Part", getattr(row, order.field.value))
    return write_cursor(_MARK, order.field.value, order.descending, at, row.account_id.hex, row.seq)


def _read_cursor(cursor: str, order: HistoryOrder, path: str) -> tuple[int, UUID, int]:
    mark, field, descending, at, account, seq = read_cursor(cursor, (str, str, bool, int, str, int), path)
    try:
        account_id = UUID(hex=str(account))
    except ValueError:
        account_id = None
    if account_id is None or (mark, field, descending) != (_MARK, order.field.value, order.descending):
        raise InvalidInput("the cursor belongs to another list; start at the beginning", path=path)
    return cast("int", at), account_id, cast("int", seq)
