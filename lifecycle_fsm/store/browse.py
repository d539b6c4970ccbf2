"""Lists of accounts and of their history, cut into pages by what was last seen, never by counting off."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, and_, func, or_, select, true

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.domain.portfolio import AccountFilter, AccountOrder, AccountOrderField
from lifecycle_fsm.store.cursors import Part, read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.direct import Direct, direct_statement
from lifecycle_fsm.store.history import LOG, LOG_ROW, link_of
from lifecycle_fsm.store.ledger import Link
from lifecycle_fsm.store.scope import within
from lifecycle_fsm.store.tables.accounts import account_profile, account_state
from lifecycle_fsm.store.tables.history import transition_log

Sorted = Column[str] | Column[int] | Column[float]

_SORTED_BY: dict[AccountOrderField, Sorted] = {
    AccountOrderField.NAME: account_profile.c.name,
    AccountOrderField.ENTERED_AT: account_state.c.entered_at,
    AccountOrderField.HEALTH_SCORE: account_state.c.health_score,
}
_LAST_CHARACTER = "\U0010ffff"


def page_accounts(
    connection: Connection,
    choose: AccountFilter,
    order: AccountOrder,
    page: PageRequest,
    portfolio: Portfolio = EVERYTHING,
    among: Select[UUID] | None = None,
) -> Page[UUID]:
    """
    Read the ids of one page of the accounts of a portfolio, of those among a selection of ids where there is one.

    Raises:
        InvalidInput: the cursor is not one of a list in this order.
    """
    accepted = [*_accepts(choose), *within(portfolio)]
    wanted = _wanted(choose, order, page, portfolio)
    if among is not None:
        counted_in = account_state.c.account_id.in_(among)
        accepted, wanted = [*accepted, counted_in], wanted.where(counted_in)
    rows = connection.execute(wanted).all()
    total = connection.execute(_JOINED_COUNT.where(*accepted)).scalar_one() if page.with_total else None
    return _cut(rows, order, page, total)


async def page_accounts_quickly(
    direct: Direct, choose: AccountFilter, order: AccountOrder, page: PageRequest
) -> Page[UUID]:
    """
    Read the ids of one page of all accounts straight from PostgreSQL, without a total.

    Raises:
        InvalidInput: the cursor is not one of a list in this order.
    """
    text, values = _direct_page(choose, order, page)
    return _cut(await direct.fetch(text, *values), order, page, None)


@lru_cache(maxsize=512)
def _direct_page(choose: AccountFilter, order: AccountOrder, page: PageRequest) -> tuple[str, tuple[object, ...]]:
    """The statement for a page with its values; building it costs more than running it, and pages are asked again."""
    return direct_statement(_wanted(choose, order, page, EVERYTHING))


def _wanted(
    choose: AccountFilter, order: AccountOrder, page: PageRequest, portfolio: Portfolio
) -> Select[UUID, str | int | float]:
    column, accepted = _SORTED_BY[order.field], [*_accepts(choose), *within(portfolio)]
    return _walk(column, order, page).where(*accepted).limit(page.size + 1)


def _cut(rows: Sequence[Sequence[Any]], order: AccountOrder, page: PageRequest, total: int | None) -> Page[UUID]:
    return cut(
        rows,
        page,
        item_of=lambda row: row[0],
        cursor_of=lambda row: write_cursor(order.field.value, order.descending, row[1], row[0].hex),
        total=total,
    )


def page_history(connection: Connection, ids: Sequence[UUID], page: PageRequest) -> dict[UUID, Page[Link]]:
    """
    Read the same page of the history of several accounts, newest first; an unknown account has an empty one.

    Raises:
        InvalidInput: the cursor is not one of a history.
    """
    rows = connection.execute(_history(page).where(transition_log.c.account_id.in_(ids))).all()
    links = {
        account_id: [link_of(row) for row in group] for account_id, group in groupby(rows, attrgetter("account_id"))
    }
    totals = _revisions(connection, ids) if page.with_total else {}
    return {
        account_id: cut(
            links.get(account_id, []),
            page,
            item_of=lambda link: link,
            cursor_of=lambda link: write_cursor("history", link.seq),
            total=totals.get(account_id, 0) if page.with_total else None,
        )
        for account_id in ids
    }


_BOTH = account_state.join(account_profile, account_profile.c.account_id == account_state.c.account_id)

_JOINED_COUNT = select(func.count()).select_from(_BOTH)


def _accepts(choose: AccountFilter) -> list[ColumnElement[bool]]:
    listed: tuple[tuple[Column[str], Sequence[str]], ...] = (
        (account_state.c.segment, choose.segments),
        (account_state.c.stage, choose.stages),
        (account_state.c.health_band, [band.value for band in choose.bands]),
        (account_state.c.csm, choose.csms),
    )
    accepted: list[ColumnElement[bool]] = [column.in_(values) for column, values in listed if values]
    return accepted if choose.search is None else [*accepted, _begins(choose.search)]


def _begins(search: str) -> ColumnElement[bool]:
    """The name or key begins so; letters of ASCII match in either case, on both databases alike."""
    begin = search.translate(_ASCII_LOWER)
    columns: tuple[Column[str], Column[str]] = (account_profile.c.name, account_profile.c.key)
    return or_(*(func.lower(column).between(begin, begin + _LAST_CHARACTER) for column in columns))


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _walk(column: Sorted, order: AccountOrder, page: PageRequest) -> Select[UUID, str | int | float]:
    """The accounts from the cursor on, in the direction of reading; those without a value are last in the list."""
    falls = order.descending != page.backwards
    keys = (column, account_state.c.account_id)
    directions = [key.desc() if falls else key.asc() for key in keys]
    if column.nullable:
        missing: ColumnElement[bool] = column.is_(None)
        directions.insert(0, missing.desc() if page.backwards else missing.asc())
    query = select(account_state.c.account_id, column).select_from(_BOTH).order_by(*directions)
    return query.where(_beyond_cursor(column, order, page, falls=falls))


def _beyond_cursor(column: Sorted, order: AccountOrder, page: PageRequest, *, falls: bool) -> ColumnElement[bool]:
    cursor, path = (page.before, "before") if page.backwards else (page.after, "after")
    if cursor is None:
        return true()
    value, account_id = _read_account_cursor(cursor, order, path)
    farther = account_state.c.account_id < account_id if falls else account_state.c.account_id > account_id
    if value is None:
        return or_(column.is_not(None), farther) if page.backwards else and_(column.is_(None), farther)
    beyond = column < value if falls else column > value
    found = or_(beyond, and_(column == value, farther))
    return or_(found, column.is_(None)) if column.nullable and not page.backwards else found


def _read_account_cursor(cursor: str, order: AccountOrder, path: str) -> tuple[Part, UUID]:
    field, descending, value, account_id = read_cursor(cursor, (str, bool, None, str), path)
    kinds = {AccountOrderField.NAME: str, AccountOrderField.ENTERED_AT: int}.get(order.field, float | None)
    try:
        found = UUID(hex=str(account_id))
    except ValueError:
        found = None
    if found is None or (field, descending) != (order.field.value, order.descending) or not isinstance(value, kinds):
        raise InvalidInput("the cursor belongs to a list in another order; start at the beginning", path=path)
    return value, found


def _history(page: PageRequest) -> Select[*tuple[object, ...]]:
    """
    The rows of the page and one beyond, by account.

    Rows of an account are numbered without gaps, so that a page is a range of numbers.
    """
    query = select(*LOG_ROW)
    seq, size = transition_log.c.seq, page.size
    if page.backwards:
        last = _read_seq(page.before, "before") if page.before is not None else 0
        return (
            query.select_from(LOG)
            .where(seq.between(last + 1, last + size + 1))
            .order_by(transition_log.c.account_id, seq)
        )
    newest_first = query.order_by(transition_log.c.account_id, seq.desc())
    if page.after is not None:
        first = _read_seq(page.after, "after")
        return newest_first.select_from(LOG).where(seq.between(first - size - 1, first - 1))
    joined = LOG.join(account_state, account_state.c.account_id == transition_log.c.account_id)
    return newest_first.select_from(joined).where(seq > account_state.c.state_version - size - 1)


def _read_seq(cursor: str, path: str) -> int:
    mark, seq = read_cursor(cursor, (str, int), path)
    if mark != "history" or not 0 <= cast("int", seq) < _BEYOND:
        raise InvalidInput("the cursor belongs to another list; start at the beginning", path=path)
    return cast("int", seq)


_BEYOND = 2**62


def _revisions(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, int]:
    query = select(account_state.c.account_id, account_state.c.state_version)
    rows = connection.execute(query.where(account_state.c.account_id.in_(ids)))
    return {row.account_id: row.state_version for row in rows}
