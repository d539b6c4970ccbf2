"""When accounts entered stages, and the cohorts that they began with."""

from sqlalchemy import BigInteger, Subquery, cast, func, select, true, union_all

from lifecycle_fsm.domain.fields import FieldKind, fact_field
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.store.reports.asked import Asked, Rows, flag, owned
from lifecycle_fsm.store.reports.scoping import UNASSIGNED, in_period, ms, whole_days
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.visits import stage_visit


def entries(asked: Asked, stage: str | None = None) -> Subquery:
    """Every entering of a stage by the date: `account_id`, `segment`, `stage`, `entered_at`."""
    parts = []
    for table in (stage_visit, account_state):
        query = select(table.c.account_id, table.c.segment, table.c.stage, table.c.entered_at)
        query = query.where(table.c.entered_at <= asked.at, *owned(table.c.account_id, asked))
        chosen = asked.scope.segment
        query = query.where(table.c.segment == chosen if chosen is not None else table.c.segment != UNASSIGNED)
        parts.append(query if stage is None else query.where(table.c.stage == stage))
    return union_all(*parts).subquery()


def beginnings(asked: Asked) -> Subquery:
    """
    When each account began in its segment, where that lies in the period: `account_id`, `segment`, `began_at`.

    By the first entering of the stage `from`, by the day that the fact `start` says, else
    by the first stage.
    """
    if "start" in asked.parameters:
        return _by_fact(asked)
    entered = entries(asked, asked.parameters.get("from")).c
    began_at = func.min(entered.entered_at)
    query = select(entered.account_id, entered.segment, began_at.label("began_at"))
    return query.group_by(entered.account_id, entered.segment).having(*in_period(began_at, asked.scope)).subquery()


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


def cohort_rows(asked: Asked) -> Rows:
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


def funnel_rows(asked: Asked) -> Rows:
    """
    The stages that accounts of cohorts entered since, each once.

    Columns are `account_id`, `segment`, `began_on`, `stage`, and `is_within`: whether the
    account is judged and entered in time.
    """
    if not {"from", "start"} & asked.parameters.keys():
        return _since_the_first(asked)
    began, entered, days = beginnings(asked).c, entries(asked).c, asked.span
    keys = (began.account_id, began.segment, began.began_at, entered.stage)
    is_judged = began.began_at <= asked.at - days
    is_within = is_judged & (func.min(entered.entered_at) - began.began_at <= days)
    same = (entered.account_id == began.account_id) & (entered.segment == began.segment)
    # Whoever began by a fact may have entered a stage before: that counts as entered at once.
    since = true() if "start" in asked.parameters else entered.entered_at >= began.began_at
    return (
        select(
            began.account_id,
            began.segment,
            whole_days(began.began_at).label("began_on"),
            entered.stage,
            flag(is_within).label("is_within"),
        )
        .where(same, since)
        .group_by(*keys)
    )


def _since_the_first(asked: Asked) -> Rows:
    """The same where accounts begin by their first stage: nothing was entered before, so that one pass is enough."""
    entered = entries(asked).c
    keys = (entered.account_id, entered.segment, entered.stage)
    first = func.min(entered.entered_at)
    began = func.min(first).over(partition_by=(entered.account_id, entered.segment))
    each = select(*keys, first.label("entered_at"), began.label("began_at")).group_by(*keys).subquery().c
    is_within = (each.began_at <= asked.at - asked.span) & (each.entered_at - each.began_at <= asked.span)
    return select(
        each.account_id,
        each.segment,
        whole_days(each.began_at).label("began_on"),
        each.stage,
        flag(is_within).label("is_within"),
    ).where(*in_period(each.began_at, asked.scope))
