"""Refused rows kept, resolved by later ones, and listed."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.domain.refused_row import Matter, RefusedFilter, RefusedRow, RowIssue
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.erasure import erased_among
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.newest import cursor_in, id_in
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each
from lifecycle_fsm.store.scope import about_visible
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.refused import refused_row

_MARK = "refused"
_COLUMNS = tuple(column.name for column in refused_row.columns)
_AGAIN = (
    "ON CONFLICT (id) DO UPDATE SET batch_id = excluded.batch_id, place = excluded.place, code = excluded.code, "
    "problems = excluded.problems, refused_at = excluded.refused_at, times = refused_row.times + excluded.times, "
    "resolved_at = NULL"
)
_HERE: BindParameter[UUID] = bindparam("ids", expanding=True)
_OPEN_ABOUT = select(refused_row.c.id, refused_row.c.kind, refused_row.c.account_id, refused_row.c.subject).where(
    refused_row.c.account_id.in_(_HERE), refused_row.c.resolved_at.is_(None)
)


def keep_refused_rows(connection: Connection, rows: Sequence[RefusedRow]) -> None:
    """
    Keep refused rows; one that was refused before is counted once more and is open again.

    Nothing is kept about an account that was erased.
    """
    ids = {row.account_id for row in rows if row.account_id is not None}
    erased = erased_among(connection, ids)
    # In the order of ids, for two batches in other orders would wait for each other.
    kept = sorted((row for row in rows if row.account_id not in erased), key=lambda row: row.id.bytes)
    dialect = dialect_of(connection)
    execute_each(connection, dialect.insert("refused_row", _COLUMNS, _AGAIN), [_values(row, dialect) for row in kept])


def resolve_refused_rows(connection: Connection, taken: Collection[Matter], at: datetime) -> None:
    """Mark as resolved what had been refused about any of these."""
    ids = {matter.account_id for matter in taken}
    found = connection.execute(_OPEN_ABOUT, {"ids": list(ids)}) if ids else ()
    settled = [row.id for row in found if Matter(row.kind, row.account_id, row.subject) in taken]
    if settled:
        here = refused_row.c.id.in_(sorted(settled))
        connection.execute(update(refused_row).where(here).values(resolved_at=to_ms(at)))


def count_open_refused(connection: Connection, portfolio: Portfolio = EVERYTHING) -> int:
    """How many rows about accounts of a portfolio were refused and are not resolved."""
    return _count(connection, _chosen(RefusedFilter(is_resolved=False), portfolio))


def page_refused(
    connection: Connection, page: PageRequest, wanted: RefusedFilter, portfolio: Portfolio = EVERYTHING
) -> Page[RefusedRow]:
    """
    Read one page of the refused rows about accounts of a portfolio, the newest first.

    A portfolio of some accounts has no row whose account is not known.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    chosen, beyond = _chosen(wanted, portfolio), _beyond(page)
    keys = (refused_row.c.refused_at, refused_row.c.id)
    order = [key.asc() if page.backwards else key.desc() for key in keys]
    joined = refused_row.outerjoin(account_state, account_state.c.account_id == refused_row.c.account_id)
    columns = (*refused_row.columns, account_state.c.account_id.is_not(None).label("has_account"))
    rows = select(*columns).select_from(joined).where(*chosen, *beyond).order_by(*order).limit(page.size + 1)
    return cut(
        connection.execute(rows).all(),
        page,
        item_of=_of,
        cursor_of=lambda row: write_cursor(_MARK, row.refused_at, row.id.hex),
        total=_count(connection, chosen) if page.with_total else None,
    )


def _count(connection: Connection, chosen: Sequence[ColumnElement[bool]]) -> int:
    return connection.execute(select(func.count()).select_from(refused_row).where(*chosen)).scalar_one()


def _chosen(wanted: RefusedFilter, portfolio: Portfolio) -> list[ColumnElement[bool]]:
    column = refused_row.c
    equal = {
        column.kind: wanted.kind,
        column.source: wanted.source,
        column.code: wanted.code,
        column.account_id: wanted.account_id,
    }
    conditions = [each == value for each, value in equal.items() if value is not None]
    if wanted.is_resolved is not None:
        conditions.append(column.resolved_at.is_not(None) if wanted.is_resolved else column.resolved_at.is_(None))
    if wanted.since is not None:
        conditions.append(column.refused_at >= to_ms(wanted.since))
    if wanted.before is not None:
        conditions.append(column.refused_at < to_ms(wanted.before))
    return [*conditions, *about_visible(column.account_id, portfolio)]


def _beyond(page: PageRequest) -> list[ColumnElement[bool]]:
    cursor, path = cursor_in(page)
    if cursor is None:
        return []
    mark, at, text = read_cursor(cursor, (str, int, str), path)
    last, when, key = id_in(mark, _MARK, text, path), refused_row.c.refused_at, refused_row.c.id
    if page.backwards:
        return [or_(when > at, and_(when == at, key > last))]
    return [or_(when < at, and_(when == at, key < last))]


def _values(row: RefusedRow, dialect: Dialect) -> Row:
    return (
        dialect.bind_id(row.id),
        row.kind,
        row.source,
        dialect.bind_id(row.batch_id),
        row.place,
        None if row.account_id is None else dialect.bind_id(row.account_id),
        row.account_key,
        row.subject,
        row.issues[0].code,
        _text([(issue.path, issue.code, issue.message) for issue in row.issues]),
        row.content,
        row.is_cut,
        to_ms(row.first_at),
        to_ms(row.refused_at),
        row.times,
        optional_ms(row.resolved_at),
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).encode(errors="replace").decode()


def _of(row: ResultRow[*tuple[object, ...]]) -> RefusedRow:
    return RefusedRow(
        id=row.id,
        kind=row.kind,
        source=row.source,
        batch_id=row.batch_id,
        place=row.place,
        account_id=row.account_id,
        account_key=row.account_key,
        subject=row.subject,
        issues=tuple(RowIssue(*issue) for issue in json.loads(row.problems)),
        content=row.content,
        is_cut=row.is_cut,
        first_at=from_ms(row.first_at),
        refused_at=from_ms(row.refused_at),
        times=row.times,
        resolved_at=optional_instant(row.resolved_at),
        has_account=row.has_account,
    )
