"""Runs for readers, and the accounts that a run wrote about, page by page."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.newest import cursor_in, id_in, page_newest
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
    return page_newest(connection, run_table, _RUNS, page, run_of)


def runs_by_id(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Run]:
    """Read runs by id; unknown ones are absent."""
    rows = connection.execute(select(run_table).where(run_table.c.id.in_(list(ids))))
    return {row.id: run_of(row) for row in rows}


def page_accounts(
    connection: Connection, runs: Sequence[Run], page: PageRequest, portfolio: Portfolio = EVERYTHING
) -> dict[UUID, Page[UUID]]:
    """
    Read the same page of each run: the accounts of a portfolio about which it wrote history, in the order of their ids.

    Every row of a run took effect at its date, which has an index.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    key, run_id = transition_log.c.account_id, transition_log.c.run_id
    of_runs = [
        or_(false(), *(and_(transition_log.c.effective_at == to_ms(run.as_of), run_id == run.id) for run in runs)),
        *about_visible(key, portfolio),
    ]
    pairs = select(run_id, key).where(*of_runs, _accounts_beyond(page)).distinct().subquery()
    order = pairs.c.account_id.desc() if page.backwards else pairs.c.account_id.asc()
    place = func.row_number().over(partition_by=pairs.c.run_id, order_by=order).label("place")
    ranked = select(pairs, place).subquery()
    wanted = select(ranked).where(ranked.c.place <= page.size + 1).order_by(ranked.c.run_id, ranked.c.place)
    found: dict[UUID, list[UUID]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.run_id, []).append(row.account_id)
    totals: dict[UUID, int] = {}
    if page.with_total:
        counted = select(run_id, func.count(key.distinct())).where(*of_runs).group_by(run_id)
        totals = {row[0]: row[1] for row in connection.execute(counted)}
    return {
        run.id: cut(
            found.get(run.id, []),
            page,
            item_of=lambda account_id: account_id,
            cursor_of=lambda account_id: write_cursor(_ACCOUNTS, account_id.hex),
            total=totals.get(run.id, 0) if page.with_total else None,
        )
        for run in runs
    }


def _accounts_beyond(page: PageRequest) -> ColumnElement[bool]:
    cursor, path = cursor_in(page)
    if cursor is None:
        return true()
    mark, text = read_cursor(cursor, (str, str), path)
    last, key = id_in(mark, _ACCOUNTS, text, path), transition_log.c.account_id
    return key < last if page.backwards else key > last
