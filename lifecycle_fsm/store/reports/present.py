"""The rows that reports of the present count: accounts, and their CTAs."""

from sqlalchemy import and_, case, or_, select

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.fields import Field, FieldKind, fact_field, observed_field
from lifecycle_fsm.store.reports.asked import Asked, Rows, flag
from lifecycle_fsm.store.reports.scoping import about_standing, in_period, ms, standing, whole_days
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.ctas import cta


def health_rows(asked: Asked) -> Rows:
    """Accounts by `segment`, `stage`, and `band`, null for none."""
    state = account_state.c
    query = select(state.account_id, state.segment, state.stage, state.health_band.label("band"))
    return query.where(*standing(asked.scope, asked.portfolio))


def pace_rows(asked: Asked) -> Rows:
    """Accounts by `segment`, `stage` and `pace`."""
    state = account_state.c
    query = select(state.account_id, state.segment, state.stage, state.noted_pace.label("pace"))
    return query.where(*standing(asked.scope, asked.portfolio))


def measure_rows(asked: Asked) -> Rows:
    """Accounts by `segment`, `stage`, and the `value` of the field, null for none."""
    state, value = account_state.c, asked.layout.expression(measure_of(asked))
    query = select(state.account_id, state.segment, state.stage, value.label("value"))
    return query.add_columns(flag(value.is_not(None)).label("has_value")).where(*standing(asked.scope, asked.portfolio))


def gap_rows(asked: Asked) -> Rows:
    """Accounts by `segment`, and whether the field `is_missing`, or `is_stale`: seen at `oldest` or before."""
    state, field = account_state.c, measure_of(asked)
    value, seen = asked.layout.expression(field), asked.layout.expression(observed_field(field))
    is_stale = and_(value.is_not(None), seen <= ms(asked.number("oldest")))
    return select(
        state.account_id,
        state.segment,
        flag(value.is_(None)).label("is_missing"),
        flag(is_stale).label("is_stale"),
    ).where(*standing(asked.scope, asked.portfolio))


def renewal_rows(asked: Asked) -> Rows:
    """Accounts by the `day` that the fact says."""
    day = asked.layout.expression(fact_field(asked.text("fact"), FieldKind.DAY))
    query = select(account_state.c.account_id, day.label("day"))
    return query.where(*standing(asked.scope, asked.portfolio), account_state.c.stage != "")


def cta_rows(asked: Asked) -> Rows:
    """
    CTAs open at the date, or closed in the period.

    Columns are `account_id`, `reason`, `owner`, `is_open`, `is_overdue`, `is_closed`,
    `is_closed_overdue`, and `age_days` at the date, null unless open.
    """
    each = cta.c
    is_open = and_(each.opened_at <= asked.at, or_(each.closed_at.is_(None), each.closed_at > asked.at))
    closed = and_(each.closed_at.is_not(None), *in_period(each.closed_at, asked.scope))
    return select(
        each.account_id,
        each.reason,
        each.owner,
        flag(is_open).label("is_open"),
        flag(and_(is_open, each.due_at < asked.at)).label("is_overdue"),
        flag(closed).label("is_closed"),
        flag(and_(closed, each.closed_at > each.due_at)).label("is_closed_overdue"),
        case((is_open, whole_days(asked.at - each.opened_at))).label("age_days"),
    ).where(*about_standing(each.account_id, asked.scope, asked.portfolio))


def measure_of(asked: Asked) -> Field:
    """
    The measure that is asked about.

    Raises:
        InvalidInput: the field is no measure.
    """
    key = asked.text("field")
    if not key.startswith(("measure.", "derived.")):
        raise InvalidInput(f"{key[:40]!r} is no field of a measure", path="filter.behind")
    return Field(key, FieldKind.NUMBER)
