"""How long visits to stages lasted, those included that still run."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, func, literal, or_, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.decision import clock_since
from lifecycle_fsm.store.reports.asked import flag
from lifecycle_fsm.store.reports.fenced import fenced
from lifecycle_fsm.store.reports.scoping import in_period, ms, standing, visited, whole_days
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.visits import stage_visit

Durations = Mapping[tuple[str, str], Mapping[tuple[int, bool], int]]
"""By segment and stage: how many visits lasted so many whole days, by whether they had ended."""


_Rows = Select[*tuple[Any, ...]]


def lasted() -> ColumnElement[int]:
    """How long, in milliseconds, the clock of a visit that is over has gone: without its pauses."""
    return stage_visit.c.left_at - stage_visit.c.entered_at - func.coalesce(stage_visit.c.paused_ms, ms(0))


def count_durations(connection: Connection, scope: ReportScope, portfolio: Portfolio) -> Durations:
    """
    Count the visits that began in the period, without pauses; one that ended after the date was running then.

    Of one that was running then and is over now, it is not known which of its pauses came before the date.
    """
    found: dict[tuple[str, str], Counter[tuple[int, bool]]] = defaultdict(Counter)
    for rows in (_over(scope, portfolio), _running(scope, portfolio)):
        for segment, stage, days, number, over in connection.execute(_counted(rows, connection)):
            found[segment, stage].update({(days, True): int(over), (days, False): number - int(over)})
    # Few clocks ever stand still: an index over these alone says of which visits the days are others.
    for is_over, stood in ((True, _over_with_pauses), (False, _running_with_pauses)):
        for segment, stage, days, gone in connection.execute(stood(scope, portfolio)):
            found[segment, stage].update([(max(0, gone), is_over)])
            found[segment, stage].subtract([(days, is_over)])
    return {key: {each: number for each, number in counts.items() if number} for key, counts in found.items()}


def _over(scope: ReportScope, portfolio: Portfolio) -> _Rows:
    """The visits that are over now, as if no clock had stood still; of one that ended after the date what had gone."""
    visit, at = stage_visit.c, ms(to_ms(scope.as_of))
    days = whole_days(case((visit.left_at <= at, visit.left_at), else_=at) - visit.entered_at).label("days")
    query = select(visit.segment, visit.stage, days, flag(visit.left_at <= at).label("is_over"))
    return query.where(*_begun(scope, portfolio))


def _over_with_pauses(scope: ReportScope, portfolio: Portfolio) -> _Rows:
    visit = stage_visit.c
    query = select(visit.segment, visit.stage, whole_days(visit.left_at - visit.entered_at), whole_days(lasted()))
    paused = visit.paused_ms.is_not(None)
    return query.where(*_begun(scope, portfolio), paused, visit.left_at <= ms(to_ms(scope.as_of)))


def _begun(scope: ReportScope, portfolio: Portfolio) -> list[ColumnElement[bool]]:
    return [*visited(scope, portfolio), *in_period(stage_visit.c.entered_at, scope)]


def _running(scope: ReportScope, portfolio: Portfolio) -> _Rows:
    """The visits that run, as if no clock had stood still: no more than what an index has."""
    state, at = account_state.c, ms(to_ms(scope.as_of))
    days = whole_days(at - state.entered_at).label("days")
    query = select(state.segment, state.stage, days, literal(0, Integer()).label("is_over"))
    return query.where(*standing(scope, portfolio), *in_period(state.entered_at, scope))


def _running_with_pauses(scope: ReportScope, portfolio: Portfolio) -> _Rows:
    state, at = account_state.c, ms(to_ms(scope.as_of))
    gone = whole_days(at - clock_since(to_ms(scope.as_of)))
    query = select(state.segment, state.stage, whole_days(at - state.entered_at), gone)
    paused = or_(state.paused_ms.is_not(None), state.pause_from.is_not(None))
    return query.where(*standing(scope, portfolio), *in_period(state.entered_at, scope), paused)


def _counted(rows: _Rows, connection: Connection) -> _Rows:
    """How many visits lasted so many days, and how many of them are over."""
    each = fenced(rows, connection).c
    keys = (each.segment, each.stage, each.days)
    return select(*keys, func.count(), func.sum(each.is_over)).group_by(*keys)
