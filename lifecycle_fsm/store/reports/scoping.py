"""A report's scope as conditions of statements."""

from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, exists, literal, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.scope import about_visible, within
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.visits import stage_visit

UNASSIGNED = "unassigned"


def standing(scope: ReportScope, portfolio: Portfolio) -> list[ColumnElement[bool]]:
    """The conditions on `account_state`: accounts of a segment now, with the CSM that they have now."""
    chosen = within(portfolio)
    chosen.append(account_state.c.segment == scope.segment if scope.segment else account_state.c.segment != UNASSIGNED)
    if scope.csm is not None:
        chosen.append(account_state.c.csm == scope.csm)
    return chosen


def about_standing(
    account_id: ColumnElement[UUID], scope: ReportScope, portfolio: Portfolio
) -> list[ColumnElement[bool]]:
    """
    The conditions under which a row of another table, which goes with its account, is about one of `standing`.

    Where all accounts are asked for, the few that no segment has are found and left out, and no other is looked up.
    """
    if scope.segment is None and scope.csm is None and not within(portfolio):
        own = account_state.c.account_id == account_id
        return [~exists(select(literal(1)).where(own, account_state.c.segment == UNASSIGNED))]
    return [account_id.in_(select(account_state.c.account_id).where(*standing(scope, portfolio)))]


def visited(scope: ReportScope, portfolio: Portfolio) -> list[ColumnElement[bool]]:
    """The conditions on `stage_visit`: visits in a segment, with the CSM whom the account had on leaving."""
    chosen = about_visible(stage_visit.c.account_id, portfolio)
    if scope.segment is not None:
        chosen.append(stage_visit.c.segment == scope.segment)
    if scope.csm is not None:
        chosen.append(stage_visit.c.csm == scope.csm)
    return chosen


def in_period(instant: ColumnElement[int], scope: ReportScope) -> list[ColumnElement[bool]]:
    """The conditions under which an instant lies in the period and is seen from the date."""
    chosen = [instant <= ms(to_ms(scope.as_of))]
    if scope.since is not None:
        chosen.append(instant >= ms(to_ms(scope.since)))
    if scope.until is not None:
        chosen.append(instant < ms(to_ms(scope.until)))
    return chosen


def ms(instant: int) -> ColumnElement[int]:
    """An instant as a value that PostgreSQL does not take for a 32-bit number."""
    return literal(instant, BigInteger())


def whole_days(span: ColumnElement[int]) -> ColumnElement[int]:
    """A span in milliseconds, none of them negative, in days, rounded down."""
    return span // ms(DAY_MS)
