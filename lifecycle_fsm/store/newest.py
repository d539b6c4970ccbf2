"""Pages of tables whose rows began at an instant, the newest first."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, true
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection

Item = TypeVar("Item")


def page_newest(
    connection: Connection, table: Table, mark: str, page: PageRequest, item_of: Callable[[ResultRow[Any]], Item]
) -> Page[Item]:
    """
    Read one page of a table with `id` and `started_at`; `mark` tells its cursors from those of other lists.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    order = [key.asc() if page.backwards else key.desc() for key in (table.c.started_at, table.c.id)]
    wanted = select(table).where(_beyond(table, mark, page)).order_by(*order).limit(page.size + 1)
    return cut(
        connection.execute(wanted).all(),
        page,
        item_of=item_of,
        cursor_of=lambda row: write_cursor(mark, row.started_at, row.id.hex),
        total=connection.execute(select(func.count()).select_from(table)).scalar_one() if page.with_total else None,
    )


def cursor_in(page: PageRequest) -> tuple[str | None, str]:
    """The cursor that a page begins beyond, and the name of its argument."""
    return (page.before, "before") if page.backwards else (page.after, "after")


def id_in(mark: object, expected: str, text: object, path: str) -> UUID:
    """
    The id in a cursor that was made for a list.

    Raises:
        InvalidInput: it was made for another one, or by nobody.
    """
    try:
        if mark == expected:
            return UUID(hex=str(text))
    except ValueError:
        pass
    raise InvalidInput("the cursor is not one that this list gave; start at the beginning", path=path)


def _beyond(table: Table, mark: str, page: PageRequest) -> ColumnElement[bool]:
    cursor, path = cursor_in(page)
    if cursor is None:
        return true()
    given, at, text = read_cursor(cursor, (str, int, str), path)
    last, started, key = id_in(given, mark, text, path), table.c.started_at, table.c.id
    if page.backwards:
        return or_(started > at, and_(started == at, key > last))
    return or_(started < at, and_(started == at, key < last))
