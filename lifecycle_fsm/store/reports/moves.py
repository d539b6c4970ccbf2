"""Which stages accounts left in a period, where to, by what, and how healthy."""

from typing import NamedTuple

from sqlalchemy import Text, case, func, literal_column, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import flag
from lifecycle_fsm.store.reports.fenced import fenced
from lifecycle_fsm.store.reports.scoping import in_period, visited, whole_days
from lifecycle_fsm.store.tables.visits import stage_visit


class MoveCount(NamedTuple):
    """Visits that ended alike; `healthy` of them, `with_health` had a score."""

    segment: str
    stage: str
    to_stage: str
    kind: RecordKind
    transition: str | None
    moves: int
    healthy: int
    with_health: int


class MovedOn(NamedTuple):
    """Moves of one day under one CSM; `healthy` of them, `with_health` had a score."""

    segment: str
    csm: str | None
    began_on: int
    moves: int
    healthy: int
    with_health: int


def count_moves(connection: Connection, scope: ReportScope, portfolio: Portfolio) -> tuple[MoveCount, ...]:
    """Count the visits that ended in the period, by segment, stage, next stage, kind and transition, sorted."""
    visit = stage_visit.c
    keys = (visit.segment, visit.stage, visit.to_stage, visit.kind, visit.transition)
    healthy = func.sum(case((visit.health_band == Band.HEALTHY.value, 1), else_=0))
    query = select(*keys, func.count(), healthy, func.count(visit.health_band))
    rows = connection.execute(
        query.where(*visited(scope, portfolio), *in_period(visit.left_at, scope)).group_by(*keys).order_by(*keys)
    )
    return tuple(
        MoveCount(row[0], row[1], row[2], RecordKind(row[3]), row[4], row[5], int(row[6]), row[7]) for row in rows
    )


def count_moves_by_day(
    connection: Connection, scope: ReportScope, portfolio: Portfolio, *, by_csm: bool
) -> tuple[MovedOn, ...]:
    """
    Count the moves that ended visits in the period, by segment and day since 1970; other ends are left out.

    They are counted by CSM where that is asked for, else under None.
    """
    visit = stage_visit.c
    csm = visit.csm if by_csm else literal_column("NULL", Text()).label("csm")
    inner = select(
        visit.segment,
        csm,
        whole_days(visit.left_at).label("left_on"),
        flag(visit.health_band == Band.HEALTHY.value).label("healthy"),
        visit.health_band,
    ).where(*visited(scope, portfolio), *in_period(visit.left_at, scope), visit.kind == RecordKind.MOVED.value)
    rows = fenced(inner, connection).c
    query = select(
        rows.segment, rows.csm, rows.left_on, func.count(), func.sum(rows.healthy), func.count(rows.health_band)
    )
    found = connection.execute(query.group_by(rows.segment, rows.csm, rows.left_on))
    return tuple(MovedOn(row[0], row[1], int(row[2]), row[3], int(row[4]), row[5]) for row in found)
