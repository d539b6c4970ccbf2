"""When accounts entered stages, and the cohorts that they began with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, Text, case, cast, column, func, select, true

from lifecycle_fsm.domain.fields import FieldKind, fact_field
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.store.kept_entries import entered, of_part
from lifecycle_fsm.store.reports.asked import Asked, flag, owned
from lifecycle_fsm.store.reports.scoping import UNASSIGNED, in_period, ms, whole_days
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.entries import FIRST


def entries(asked: Asked) -> Subquery:
    """When accounts first entered stages, by the date, with the columns of `stage_entry`."""
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
    return _by_fact(asked) if "start" in asked.parameters else _by_stage(asked)


def _by_stage(asked: Asked) -> Subquery:
    """Beginnings by a stage, with what was entered `since`."""
    each, stage = entries(asked).c, asked.parameters.get("from")
    query = select(each.account_id, each.segment, each.entered_at.label("began_at"), each.since)
    chosen = each.nth == FIRST if stage is None else each.stage == stage
    return query.where(chosen, *in_period(each.entered_at, asked.scope)).subquery()


def _by_fact(asked: Asked) -> Subquery:
    state = account_state.c
    day = asked.layout.expression(fact_field(asked.text("start"), FieldKind.DAY))
    began_at = cast(day, BigInteger) * ms(DAY_MS)
    chosen = asked.scope.segment
    return (
        select(state.account_id, state.segment, began_at.label("began_at"))
        .where(*owned(state.account_id, asked), *of_part(state.account_id, asked.kept))
        .where(day.is_not(None), *in_period(began_at, asked.scope))
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
    began = _journeys(asked)
    of_each = func.json_each if asked.is_sqlite else func.jsonb_each_text
    step = of_each(began.c.since).table_valued(column("key", Text()), column("value", Text()))
    entered_at = cast(step.c.value, BigInteger)
    return (
        select(
            began.c.account_id,
            began.c.segment,
            whole_days(began.c.began_at).label("began_on"),
            step.c.key.label("stage"),
            flag(entered_at <= _due_at(asked, began.c.began_at)).label("is_within"),
        )
        .join_from(began, step, true())
        .where(entered_at <= asked.at)
    )


def step_rows(asked: Asked, stages: Mapping[str, Sequence[str]]) -> Select[*tuple[Any, ...]]:
    """
    When accounts of cohorts entered the stages of their segment since, each account once.

    Columns are `segment`, `began_on`, `due_at` for those that are judged, and `at_N` for the Nth stage of the segment.
    """
    began = _journeys(asked).c
    steps = (
        _by_segment(began.segment, {name: cast(began.since[stage].as_string(), BigInteger) for name, stage in each})
        for each in _side_by_side(stages)
    )
    named = (step.label(f"at_{number}") for number, step in enumerate(steps))
    began_on, due_at = whole_days(began.began_at).label("began_on"), _due_at(asked, began.began_at).label("due_at")
    return select(began.segment, began_on, due_at, *named)


def _due_at(asked: Asked, began_at: ColumnElement[int]) -> ColumnElement[int | None]:
    """Until when an account is in time, null for one that is not judged yet."""
    return case((began_at <= asked.at - asked.span, began_at + asked.span))


def _journeys(asked: Asked) -> Subquery:
    """Beginnings, and what was entered `since`: `account_id`, `segment`, `began_at`, `since`."""
    if "start" not in asked.parameters:
        return _by_stage(asked)
    # Whoever began by a fact may have entered a stage before: that counts as entered at once.
    began, first = _by_fact(asked), entries(asked)
    same = (first.c.account_id == began.c.account_id) & (first.c.segment == began.c.segment)
    joined = began.outerjoin(first, same & (first.c.nth == FIRST))
    return select(*began.c, first.c.since).select_from(joined).subquery()


def _by_segment(segment: ColumnElement[str], values: Mapping[str, ColumnElement[int]]) -> ColumnElement[int]:
    """The value of a segment; where there is only one segment, its value."""
    if len(values) == 1:
        return next(iter(values.values()))
    return case(*((segment == name, value) for name, value in values.items()))


def _side_by_side(stages: Mapping[str, Sequence[str]]) -> Iterator[list[tuple[str, str]]]:
    """The first stages of all segments, the second ones, and so on."""
    for number in range(max(map(len, stages.values()), default=0)):
        yield [(segment, names[number]) for segment, names in stages.items() if number < len(names)]
