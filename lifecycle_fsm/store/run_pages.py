"""Runs for readers, and the accounts that a run wrote about, page by page."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

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
