"""Which stages accounts left in a period, where to, by what, and how healthy."""

from typing import NamedTuple

from sqlalchemy import case, func, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.scoping import in_period, visited
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
