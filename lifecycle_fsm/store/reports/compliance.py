"""Which visits to a stage were over in time."""

from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.decision import clock_since
from lifecycle_fsm.store.reports.durations import lasted
from lifecycle_fsm.store.reports.fenced import fenced
from lifecycle_fsm.store.reports.scoping import in_period, ms, standing, visited, whole_days
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.visits import stage_visit

Key = Literal["segment", "csm", "began_on"]
"""By what visits are counted."""


class InTime(NamedTuple):
    """
    Count visits of one segment, under one CSM, or that began on one day since 1970; what is not counted by is empty.

    `in_time` ended by a move within the limit; `late` did not; `pending` may still.
    """

    in_time: int
    late: int
    pending: int
    segment: str = ""
    csm: str | None = None
    began_on: int = 0


def count_in_time(
    connection: Connection, scope: ReportScope, portfolio: Portfolio, stage: str, limit_days: int, by: Key
) -> tuple[InTime, ...]:
    """
    Count the visits to a stage that began in the period by one thing, whose values may come twice.

    Pauses do not count; of a visit that was running at the date and is over now it is not known which came before.
    """
    limit = ms(limit_days * DAY_MS)
    parts = (_over(scope, portfolio, stage, limit), _running(scope, portfolio, stage, limit))
    return tuple(
        InTime(int(row[1]), int(row[2]), int(row[3]), **{by: row[0]})
        for part in parts
        for row in connection.execute(_summed(part, by, connection))
    )


def _summed(counted: Select[*tuple[Any, ...]], by: Key, connection: Connection) -> Select[*tuple[Any, ...]]:
    names = (by, "in_time", "late", "pending")
    rows = fenced(counted.with_only_columns(*(counted.selected_columns[name] for name in names)), connection)
    key, *counts = rows.c
    return select(key, *map(func.sum, counts)).group_by(key)


def _over(
    scope: ReportScope, portfolio: Portfolio, stage: str, limit: ColumnElement[int]
) -> Select[*tuple[object, ...]]:
    visit, at = stage_visit.c, ms(to_ms(scope.as_of))
    moved = and_(visit.kind == RecordKind.MOVED.value, visit.left_at <= at)
    in_time = and_(moved, lasted() <= limit)
    # Whoever went over to other rules, or was erased, before the limit was not late.
    gone = and_(visit.kind != RecordKind.MOVED.value, lasted() <= limit)
    pending = and_(visit.left_at > at, at - visit.entered_at <= limit)
    conditions = [*visited(scope, portfolio), *in_period(visit.entered_at, scope), visit.stage == stage, ~gone]
    return _counted((visit.segment, visit.csm, visit.entered_at), in_time, pending).where(*conditions)


def _running(
    scope: ReportScope, portfolio: Portfolio, stage: str, limit: ColumnElement[int]
) -> Select[*tuple[object, ...]]:
    state, at = account_state.c, to_ms(scope.as_of)
    pending = ms(at) - clock_since(at) <= limit
    conditions = [*standing(scope, portfolio), *in_period(state.entered_at, scope), state.stage == stage]
    return _counted((state.segment, state.csm, state.entered_at), null().is_not(None), pending).where(*conditions)


def _counted(
    keys: tuple[ColumnElement[str], ColumnElement[str | None], ColumnElement[int]],
    in_time: ColumnElement[bool],
    pending: ColumnElement[bool],
) -> Select[*tuple[object, ...]]:
    segment, csm, entered_at = keys
    one, none = literal(1), literal(0)
    return select(
        segment.label("segment"),
        csm.label("csm"),
        whole_days(entered_at).label("began_on"),
        case((in_time, one), else_=none).label("in_time"),
        case((in_time, none), (pending, none), else_=one).label("late"),
        case((in_time, none), (pending, one), else_=none).label("pending"),
    )
