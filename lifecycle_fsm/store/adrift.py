"""Accounts in a segment that no rule gives them any more, found set-wise."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.decision import taken_away, taken_by
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.scope import within
from lifecycle_fsm.store.tables.accounts import account_state


def find_adrift(
    connection: Connection,
    ranked: Sequence[Machine],
    stages: Mapping[str, Collection[str]],
    layout: Layout,
    as_of_ms: int,
    portfolio: Portfolio = EVERYTHING,
) -> Iterator[tuple[str, UUID]]:
    """
    The segment and the id of each account that no rule takes, or another one cannot land.

    Only of a portfolio, and none that was put there by hand.

    In the order of segments and ids. Machines are in the order of rank; `stages` are those of each segment.
    """
    taker = taken_by(ranked, layout, as_of_ms)
    elsewhere = and_(taker != account_state.c.segment, taken_away(ranked, stages, layout, as_of_ms).is_(None))
    by_hand = func.coalesce(account_state.c.bookkeeping["by_hand"].as_boolean(), false())
    lost: ColumnElement[bool] = case((or_(taker.is_(None), elsewhere), ~by_hand), else_=false())
    statement = (
        select(account_state.c.segment, account_state.c.account_id)
        .where(account_state.c.segment.in_(sorted(stages)), lost == true(), *within(portfolio))
        .order_by(account_state.c.segment, account_state.c.account_id)
    )
    for row in connection.execute(statement, execution_options={"stream_results": True, "yield_per": 2_000}):
        yield row[0], row[1]
