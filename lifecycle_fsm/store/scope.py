"""Portfolios as conditions of statements, so that no list reads more than its reader may see."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Column, ColumnElement, and_, or_, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.accounts import account_state


def within(portfolio: Portfolio) -> list[ColumnElement[bool]]:
    """The conditions on `account_state` that hold for the accounts of a portfolio; none for everything."""
    own: list[ColumnElement[bool]] = []
    if portfolio.csms is not None:
        own.append(account_state.c.csm.in_(sorted(portfolio.csms)))
    if portfolio.segments is not None:
        own.append(account_state.c.segment.in_(sorted(portfolio.segments)))
    if portfolio.accounts is None:
        return own
    single = account_state.c.account_id.in_(sorted(portfolio.accounts))
    return [or_(and_(*own), single)] if own else [single]


def visible_ids(connection: Connection, ids: Collection[UUID], portfolio: Portfolio) -> frozenset[UUID]:
    """Those of the ids that the portfolio may see, without a statement where it is everything."""
    conditions = within(portfolio)
    if not conditions or not ids:
        return frozenset(ids)
    seen = select(account_state.c.account_id).where(account_state.c.account_id.in_(ids), *conditions)
    return frozenset(connection.execute(seen).scalars())


def about_visible(account_id: Column[UUID], portfolio: Portfolio) -> list[ColumnElement[bool]]:
    """The conditions under which a row of another table is about an account of a portfolio; none for everything."""
    conditions = within(portfolio)
    return [account_id.in_(select(account_state.c.account_id).where(*conditions))] if conditions else []
