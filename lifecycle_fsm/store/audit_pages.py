"""Audit entries read back a page at a time, newest first."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, true

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.audit_entries import ChainedEntry, chained_entry
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.newest import cursor_in
from lifecycle_fsm.store.tables.audit import audit_entry

_LIST = "audit_entries"


def page_entries(connection: Connection, kinds: Sequence[AuditKind], page: PageRequest) -> Page[ChainedEntry]:
    """
    Read one page of the entries of some kinds, or of all where none is named.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    chosen = audit_entry.c.kind.in_([each.value for each in kinds]) if kinds else true()
    order = audit_entry.c.seq.asc() if page.backwards else audit_entry.c.seq.desc()
    wanted = select(audit_entry).where(chosen, _beyond(page)).order_by(order).limit(page.size + 1)
    count = select(func.count()).select_from(audit_entry).where(chosen)
    return cut(
        connection.execute(wanted).all(),
        page,
        item_of=chained_entry,
        cursor_of=lambda row: write_cursor(_LIST, row.seq),
        total=connection.execute(count).scalar_one() if page.with_total else None,
    )


def _beyond(page: PageRequest) -> ColumnElement[bool]:
    cursor, path = cursor_in(page)
    if cursor is None:
        return true()
    mark, seq = read_cursor(cursor, (str, int), path)
    if mark != _LIST:
        raise InvalidInput("the cursor is not one that this list gave; start at the beginning", path=path)
    return audit_entry.c.seq > seq if page.backwards else audit_entry.c.seq < seq
