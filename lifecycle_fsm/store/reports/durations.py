"""How long visits to stages lasted, those included that still run."""

from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy import ColumnElement, Select, case, false, func, select, true, union_all

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.decision import clock_since
from lifecycle_fsm.store.reports.scoping import in_period, ms, standing, visited, whole_days
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.visits import stage_visit

Durations = Mapping[tuple[str, str], Mapping[tuple[int, bool], int]]
"""By segment and stage: how many visits lasted so many whole days, by whether they had ended."""


_Counted = tuple[str, str, int, int, int]
"""Segment, stage, days, whether it ended, how many."""


def lasted() -> ColumnElement[int]:
    """How long, in milliseconds, the clock of a visit that is over has gone: without its pauses."""
    return stage_visit.c.left_at - stage_visit.c.entered_at - func.coalesce(stage_visit.c.paused_ms, ms(0))


def count_durations(connection: Connection, scope: ReportScope, portfolio: Portfolio) -> Durations:
    """
    Count the visits that began in the period, without pauses; one that ended after the date was running then.

    Of one that was running then and is over now, it is not known which of its pauses came before the date.
    """
    found: dict[tuple[str, str], dict[tuple[int, bool], int]] = {}
    counted = union_all(_over(scope, portfolio), _running(scope, portfolio))
    for segment, stage, days, ended, number in cast("Iterable[_Counted]", connection.execute(counted)):
        counts = found.setdefault((segment, stage), {})
        counts[int(days), bool(ended)] = counts.get((int(days), bool(ended)), 0) + number
    return found


def _over(scope: ReportScope, portfolio: Portfolio) -> Select[*tuple[object, ...]]:
    visit, at = stage_visit.c, ms(to_ms(scope.as_of))
    ended = visit.left_at <= at
    last = case((ended, visit.left_at), else_=at)
    paused = case((ended, func.coalesce(visit.paused_ms, ms(0))), else_=ms(0))
    went = last - visit.entered_at - paused
    span = case((went > ms(0), went), else_=ms(0))
    conditions = [*visited(scope, portfolio), *in_period(visit.entered_at, scope)]
    return _counted((visit.segment, visit.stage, whole_days(span), ended), conditions)


def _running(scope: ReportScope, portfolio: Portfolio) -> Select[*tuple[object, ...]]:
    state = account_state.c
    at = to_ms(scope.as_of)
    went = ms(at) - clock_since(at)
    span = case((went > ms(0), went), else_=ms(0))
    conditions = [*standing(scope, portfolio), *in_period(state.entered_at, scope)]
    return _counted((state.segment, state.stage, whole_days(span), false()), conditions)


def _counted(
    keys: tuple[ColumnElement[str], ColumnElement[str], ColumnElement[int], ColumnElement[bool]],
    conditions: list[ColumnElement[bool]],
) -> Select[*tuple[object, ...]]:
    segment, stage, days, ended = keys
    is_over = case((ended, 1), else_=0).label("is_over")
    inner = select(segment.label("segment"), stage.label("stage"), days.label("days"), is_over)
    rows = inner.where(true(), *conditions).subquery()
    return select(*rows.c, func.count()).group_by(*rows.c)
