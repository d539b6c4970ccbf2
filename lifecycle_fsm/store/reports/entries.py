"""When accounts entered stages, and the cohorts that they began with."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    cast,
    or_,
    select,
)

from lifecycle_fsm.domain.fields import FieldKind, fact_field
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.store.kept_entries import entered
from lifecycle_fsm.store.reports.asked import Asked, flag, owned
from lifecycle_fsm.store.reports.scoping import UNASSIGNED, in_period, ms, whole_days
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.entries import FIRST


def entries(asked: Asked) -> Subquery:
    """Every entering of a stage by the date, with the columns of `stage_entry`."""
    found, chosen = entered(asked.kept), asked.scope.segment
    conditions = [found.c.entered_at <= asked.at, *owned(found.c.account_id, asked)]
    if chosen is not None:
        conditions.append(found.c.segment == chosen)
    return select(*found.c).where(*conditions).subquery()


def beginnings(asked: Asked) -> Subquery:
    """
    When each account began in its segment, where that lies in the period: `account_id`, `segment`, `began_at`.

    By the first entering of the stage `from`, by the day that the fact `start` says, else
    by the first stage.
    """
    if "start" in asked.parameters:
        return _by_fact(asked)
    each, stage = entries(asked).c, asked.parameters.get("from")
    is_first = each.nth == FIRST if stage is None else and_(each.stage == stage, each.previous_at.is_(None))
    query = select(each.account_id, each.segment, each.entered_at.label("began_at"))
    return query.where(is_first, *in_period(each.entered_at, asked.scope)).subquery()


def _by_fact(asked: Asked) -> Subquery:
    state = account_state.c
    day = asked.layout.expression(fact_field(asked.text("start"), FieldKind.DAY))
    began_at = cast(day, BigInteger) * ms(DAY_MS)
    chosen = asked.scope.segment
    return (
        select(state.account_id, state.segment, began_at.label("began_at"))
        .where(*owned(state.account_id, asked), day.is_not(None), *in_period(began_at, asked.scope))
        .where(state.segment == chosen if chosen is not None else state.segment != UNASSIGNED)
        .subquery()
    )


def cohort_rows(asked: Asked) -> Select[*tuple[Any, ...]]:
    """
    The accounts of cohorts: `account_id`, `segment`, `began_on`, `is_judged`.

    An account is judged once as many days have gone by as it is given.
    """
    began = beginnings(asked).c
    is_judged = began.began_at <= asked.at - asked.span
    return select(
        began.account_id,
        began.segment,
        whole_days(began.began_at).label("began_on"),
        flag(is_judged).label("is_judged"),
    )


def funnel_rows(asked: Asked) -> Select[*tuple[Any, ...]]:
    """
    The stages that accounts of cohorts entered since, each once.

    Columns are `account_id`, `segment`, `began_on`, `stage`, and `is_within`: whether the
    account is judged and entered in time.
    """
    found = entries(asked)
    each = found.c
    if not {"from", "start"} & asked.parameters.keys():
        chosen = [each.previous_at.is_(None), *in_period(each.began_at, asked.scope)]
        return _steps(asked, found, each.began_at).where(*chosen)
    began = beginnings(asked).c
    same = (each.account_id == began.account_id) & (each.segment == began.segment)
    # Whoever began by a fact may have entered a stage before: that counts as entered at once.
    since: ColumnElement[bool] = each.previous_at.is_(None)
    if "from" in asked.parameters:
        since = and_(each.entered_at >= began.began_at, or_(since, each.previous_at < began.began_at))
    return _steps(asked, found, began.began_at).where(same, since)


def _steps(asked: Asked, found: Subquery, began_at: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    each = found.c
    is_within = (began_at <= asked.at - asked.span) & (each.entered_at - began_at <= asked.span)
    return select(
        each.account_id,
        each.segment,
        whole_days(began_at).label("began_on"),
        each.stage,
        flag(is_within).label("is_within"),
    )
