"""Runs for readers, and the accounts that a run wrote about, page by page."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.runs import Run, run_of
from lifecycle_fsm.store.scope import about_visible
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.tables.runs import run as run_table

_RUNS, _ACCOUNTS = "runs", "run_accounts"


def page_runs(connection: Connection, page: PageRequest) -> Page[Run]:
    """
    Read one page of the runs, newest first.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    keys = (run_table.c.started_at, run_table.c.id)
    order = [key.asc() if page.backwards else key.desc() for key in keys]
    wanted = select(run_table).where(_runs_beyond(page)).order_by(*order).limit(page.size + 1)
    total = connection.execute(select(func.count()).select_from(run_table)).scalar_one() if page.with_total else None
    return cut(
        [run_of(row) for row in connection.execute(wanted)],
        page,
        item_of=lambda run: run,
        cursor_of=lambda run: write_cursor(_RUNS, to_ms(run.started_at), run.id.hex),
        total=total,
    )


def runs_by_id(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Run]:
    """Read runs by id; unknown ones are absent."""
    rows = connection.execute(select(run_table).where(run_table.c.id.in_(list(ids))))
    return {row.id: run_of(row) for row in rows}


def page_accounts(connection: Connection, run: Run, page: PageRequest, portfolio: Portfolio = EVERYTHING) -> Page[UUID]:
    """
    Read one page of the accounts of a portfolio about which a run wrote history, in the order of their ids.

    Every row of a run took effect at its date, which has an index.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    key = transition_log.c.account_id
    of_run = and_(
        transition_log.c.effective_at == to_ms(run.as_of),
        transition_log.c.run_id == run.id,
        *about_visible(key, portfolio),
    )
    order = key.desc() if page.backwards else key.asc()
    wanted = select(key).where(of_run, _accounts_beyond(page)).distinct().order_by(order).limit(page.size + 1)
    return cut(
        list(connection.execute(wanted).scalars()),
        page,
        item_of=lambda account_id: account_id,
        cursor_of=lambda account_id: write_cursor(_ACCOUNTS, account_id.hex),
        total=_count(connection, select(func.count(key.distinct())).where(of_run)) if page.with_total else None,
    )


def _count(connection: Connection, counted: Select[Any]) -> int:
    return cast("int", connection.execute(counted).scalar_one())


def _runs_beyond(page: PageRequest) -> ColumnElement[bool]:
    cursor, path = _cursor(page)
    if cursor is None:
        return true()
    mark, at, text = read_cursor(cursor, (str, int, str), path)
    last, started, key = _id(mark, _RUNS, text, path), run_table.c.started_at, run_table.c.id
    if page.backwards:
        return or_(started > at, and_(started == at, key > last))
    return or_(started < at, and_(started == at, key < last))


def _accounts_beyond(page: PageRequest) -> ColumnElement[bool]:
    cursor, path = _cursor(page)
    if cursor is None:
        return true()
    mark, text = read_cursor(cursor, (str, str), path)
    last, key = _id(mark, _ACCOUNTS, text, path), transition_log.c.account_id
    return key < last if page.backwards else key > last


def _cursor(page: PageRequest) -> tuple[str | None, str]:
    return (page.before, "before") if page.backwards else (page.after, "after")


def _id(mark: object, expected: str, text: object, path: str) -> UUID:
    try:
        if mark == expected:
            return UUID(hex=str(text))
    except ValueError:
        pass
    raise InvalidInput("the cursor is not one that this list gave; start at the beginning", path=path)
