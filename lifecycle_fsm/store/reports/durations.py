"""How long visits to stages lasted, those included that still run."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, false, func, select, true

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
    counted = (_counted(rows(scope, portfolio), connection) for rows in (_ended, _ended_later, _running))
    for segment, stage, days, ended, number in chain.from_iterable(counted):
        counts, lasted_days = found.setdefault((segment, stage), {}), max(0, int(days))
        counts[lasted_days, bool(ended)] = counts.get((lasted_days, bool(ended)), 0) + number
    return found


def _ended(scope: ReportScope, portfolio: Portfolio) -> _Rows:
    visit = stage_visit.c
    days = whole_days(lasted()).label("days")
    query = select(visit.segment, visit.stage, days, flag(true()).label("is_over"))
    return query.where(*_begun(scope, portfolio), visit.left_at <= ms(to_ms(scope.as_of)))


def _ended_later(scope: ReportScope, portfolio: Portfolio) -> _Rows:
    visit, at = stage_visit.c, ms(to_ms(scope.as_of))
    days = whole_days(at - visit.entered_at).label("days")
    query = select(visit.segment, visit.stage, days, flag(false()).label("is_over"))
    return query.where(*_begun(scope, portfolio), visit.left_at > at)


def _begun(scope: ReportScope, portfolio: Portfolio) -> list[ColumnElement[bool]]:
    return [*visited(scope, portfolio), *in_period(stage_visit.c.entered_at, scope)]


def _running(scope: ReportScope, portfolio: Portfolio) -> _Rows:
    state = account_state.c
    at = to_ms(scope.as_of)
    days = whole_days(ms(at) - clock_since(at)).label("days")
    query = select(state.segment, state.stage, days, flag(false()).label("is_over"))
    return query.where(*standing(scope, portfolio), *in_period(state.entered_at, scope))


def _counted(rows: _Rows, connection: Connection) -> "Iterable[_Counted]":
    each = fenced(rows, connection)
    return cast("Iterable[_Counted]", connection.execute(select(*each.c, func.count()).group_by(*each.c)))
