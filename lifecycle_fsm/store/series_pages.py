"""The observations of one field of many accounts, cut into pages by what was last seen."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import Remembered, value_of
from lifecycle_fsm.store.newest import cursor_in, id_in
from lifecycle_fsm.store.tables.facts import fact_history

_MARK = "series"
_KEYS = (fact_history.c.observed_at, fact_history.c.recorded_at, fact_history.c.id)


def page_series(
    connection: Connection, ids: Sequence[UUID], key: str, since: datetime, until: datetime, page: PageRequest
) -> dict[UUID, Page[Remembered]]:
    """
    Read the same page of several accounts' observations of a field in a period, both ends included, oldest first.

    Of corrections each is there, in the order of recording. Accounts without any have an
    empty page. A cursor stays good while observations come, and in another period.

    Raises:
        InvalidInput: the cursor is not one of this field's observations.
    """
    here = (
        fact_history.c.account_id.in_(ids),
        fact_history.c.field == key,
        fact_history.c.observed_at.between(to_ms(since), to_ms(until)),
    )
    order = [each.desc() if page.backwards else each.asc() for each in _KEYS]
    place = func.row_number().over(partition_by=fact_history.c.account_id, order_by=order).label("place")
    placed = select(fact_history, place).where(*here, _beyond(key, page)).subquery()
    query = select(placed).where(placed.c.place <= page.size + 1).order_by(placed.c.account_id, placed.c.place)
    found = {each: list(rows) for each, rows in groupby(connection.execute(query), key=attrgetter("account_id"))}
    totals = _totals(connection, here) if page.with_total else {}
    return {each: _page_of(found.get(each, []), page, totals.get(each, 0)) for each in ids}


def _page_of(rows: Sequence[ResultRow[*tuple[object, ...]]], page: PageRequest, total: int) -> Page[Remembered]:
    return cut(rows, page, item_of=_seen, cursor_of=_cursor, total=total if page.with_total else None)


def _totals(connection: Connection, here: Sequence[ColumnElement[bool]]) -> dict[UUID, int]:
    query = select(fact_history.c.account_id, func.count()).where(*here).group_by(fact_history.c.account_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def _beyond(key: str, page: PageRequest) -> ColumnElement[bool]:
    cursor, path = cursor_in(page)
    if cursor is None:
        return true()
    here, last = tuple_(*_KEYS), tuple_(*_place(cursor, key, path), types=[each.type for each in _KEYS])
    return here < last if page.backwards else here > last


def _cursor(row: ResultRow[*tuple[object, ...]]) -> str:
    return write_cursor(_MARK, row.field, row.observed_at, row.recorded_at, row.id.hex)


def _place(cursor: str, key: str, path: str) -> tuple[int, int, UUID]:
    mark, field, observed_at, recorded_at, text = read_cursor(cursor, (str, str, int, int, str), path)
    last = id_in(mark, _MARK, text, path)
    if field != key:
        raise InvalidInput("the cursor belongs to the history of another measure; start at the beginning", path=path)
    return cast("int", observed_at), cast("int", recorded_at), last


def _seen(row: ResultRow[*tuple[object, ...]]) -> Remembered:
    return Remembered(value_of(row), from_ms(row.observed_at), from_ms(row.recorded_at), row.source)
