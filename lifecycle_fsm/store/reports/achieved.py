"""When accounts reached a milestone, counted from when they began."""

from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, case, func, select, union_all

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import Asked, flag, of_piece
from lifecycle_fsm.store.reports.entries import beginnings
from lifecycle_fsm.store.reports.fenced import fenced
from lifecycle_fsm.store.reports.pieces import along_indexes, in_pieces
from lifecycle_fsm.store.reports.scoping import whole_days
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.facts import REVOKED, milestone_event


class Achieved(NamedTuple):
    """Accounts that began on one day under one CSM, by whether they reached the milestone in time, and at all."""

    segment: str
    csm: str | None
    began_on: int
    outcome: str
    is_reached: int
    accounts: int


def milestone_rows(asked: Asked) -> Select[*tuple[Any, ...]]:
    """
    The accounts of cohorts: `account_id`, `segment`, `csm`, `began_on`, `outcome`, `is_reached`.

    The outcome is `in_time`, `late`, or `pending` for those that have not had the days yet;
    whoever is judged has had them. Reached before the beginning is in time.
    """
    began, reached, days = beginnings(asked), _reached(asked), asked.span
    is_judged = began.c.began_at <= asked.at - days
    in_time = and_(reached.c.reached_at.is_not(None), reached.c.reached_at - began.c.began_at <= days)
    # An outer join, since each account has its row: where nobody asks for the CSM, the planner leaves it out.
    same = and_(account_state.c.account_id == began.c.account_id, *of_piece(account_state.c.account_id, asked))
    joined = began.outerjoin(account_state, same)
    return select(
        began.c.account_id,
        began.c.segment,
        account_state.c.csm,
        whole_days(began.c.began_at).label("began_on"),
        case((~is_judged, "pending"), (in_time, "in_time"), else_="late").label("outcome"),
        flag(reached.c.reached_at.is_not(None)).label("is_reached"),
    ).select_from(joined.outerjoin(reached, reached.c.account_id == began.c.account_id))


def count_milestone(connection: Connection, asked: Asked, *, by_csm: bool) -> tuple[Achieved, ...]:
    """Count accounts by segment, day of beginning and outcome, and by CSM where asked, else under None."""
    names = ("segment", "began_on", "outcome", "is_reached", "csm")[: 5 if by_csm else 4]
    found = list[Achieved]()
    for part in asked.parts:
        with along_indexes(connection, part):
            rows = connection.execute(_counting(connection, part, names)).all()
        found += [
            Achieved(row[0], row[4] if by_csm else None, int(row[1]), row[2], int(row[3]), row[-1]) for row in rows
        ]
    return tuple(found)


def _counting(connection: Connection, asked: Asked, names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    def chosen(part: Asked) -> Select[*tuple[Any, ...]]:
        # Only what is counted by: a fence would have the planner join for what nobody asks.
        found = milestone_rows(part)
        return found.with_only_columns(*(found.selected_columns[name] for name in names))

    rows = fenced(in_pieces(asked, chosen), connection)
    return select(*rows.c, func.count()).group_by(*rows.c)


def _reached(asked: Asked) -> Subquery:
    """When accounts first reached the milestone by the date, as history is corrected today; revoked ones are absent."""
    each, key = milestone_event.c, asked.text("milestone")
    own = of_piece(each.account_id, asked)
    mine = and_(each.milestone == key, each.event == "reached", each.reached_at <= asked.at, *own)
    was_revoked = and_(each.milestone == key, each.event == REVOKED)
    # Without a revocation it was reached once, and nothing has to be grouped.
    once = select(each.account_id, each.reached_at).where(
        mine, each.account_id.not_in(select(each.account_id).where(was_revoked))
    )
    revoked = select(each.account_id, func.max(each.recorded_at).label("revoked_at")).where(was_revoked)
    last = revoked.group_by(each.account_id).subquery()
    # One write that gives a milestone another date revokes the old one first.
    again = (
        select(each.account_id, func.min(each.reached_at))
        .join(last, last.c.account_id == each.account_id)
        .where(mine, each.recorded_at >= last.c.revoked_at)
        .group_by(each.account_id)
    )
    return union_all(once, again).subquery()
