"""Where accounts stood at one date, and at two."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Double, Select, Subquery, cast, func, null, or_, select, union_all

from lifecycle_fsm.domain.fields import Field
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import WHOLE, Asked, Rows, owned
from lifecycle_fsm.store.reports.fenced import fenced
from lifecycle_fsm.store.reports.pieces import in_pieces
from lifecycle_fsm.store.reports.scoping import UNASSIGNED, ms
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.visits import stage_visit


class Passage(NamedTuple):
    """Accounts that stood in one stage at the first date and in another at the second, None where in none."""

    from_segment: str | None
    from_stage: str | None
    to_segment: str | None
    to_stage: str | None
    accounts: int
    revenue: float | None
    with_revenue: int


def positions(asked: Asked, at: ColumnElement[int]) -> Subquery:
    """
    Where accounts stood at a date: `account_id`, `segment`, `stage`; who had not begun, or was erased, is absent.

    Those of a piece come backwards by account, as indexes have them, so that they can be joined without a hash.
    """
    state, visit = account_state.c, stage_visit.c
    running = select(state.account_id, state.segment, state.stage).where(
        state.segment != UNASSIGNED, state.entered_at <= at, *owned(state.account_id, asked)
    )
    over = select(visit.account_id, visit.segment, visit.stage).where(
        visit.left_at > at, visit.entered_at <= at, *owned(visit.account_id, asked)
    )
    if asked.piece != WHOLE:
        running, over = (select(part.order_by(part.selected_columns[0].desc()).subquery()) for part in (running, over))
    return union_all(running, over).subquery()


def passage_rows(asked: Asked) -> Rows:
    """The accounts that stood somewhere at `since` or at the date, with both places."""
    return in_pieces(asked, _passages)


def _passages(asked: Asked) -> Select[*tuple[Any, ...]]:
    first, last = (positions(asked, at) for at in (ms(asked.number("since")), asked.at))
    both = first.join(last, first.c.account_id == last.c.account_id, full=True)
    query = select(
        func.coalesce(first.c.account_id, last.c.account_id, type_=account_state.c.account_id.type).label("account_id"),
        first.c.segment.label("from_segment"),
        first.c.stage.label("from_stage"),
        last.c.segment.label("to_segment"),
        last.c.stage.label("to_stage"),
    ).select_from(both)
    chosen = asked.scope.segment
    return query if chosen is None else query.where(or_(first.c.segment == chosen, last.c.segment == chosen))


def count_passages(connection: Connection, asked: Asked, revenue: Field | None) -> tuple[Passage, ...]:
    """Count accounts by where they stood at both dates, sorted."""
    rows = fenced(passage_rows(asked), connection)
    keys = tuple(rows.c[name] for name in ("from_segment", "from_stage", "to_segment", "to_stage"))
    amount = cast(null(), Double()) if revenue is None else asked.layout.expression(revenue)
    query = select(*keys, func.count(), func.sum(amount), func.count(amount)).select_from(rows)
    if revenue is not None:
        query = query.join(account_state, account_state.c.account_id == rows.c.account_id)
    found = [
        Passage(row[0], row[1], row[2], row[3], row[4], row[5], row[6])
        for row in connection.execute(query.group_by(*keys))
    ]
    return tuple(sorted(found, key=lambda each: tuple(key or "" for key in each[:4])))
