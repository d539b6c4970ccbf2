"""Visits of accounts to stages that are over, read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import bindparam, select

from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.visits import stage_visit


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A visit that is over; `seq` is the number of the history row that ended it."""

    seq: int
    segment: str
    machine: str
    stage: str
    entered_at: datetime
    left_at: datetime
    paused: timedelta
    to_stage: str
    transition: str | None
    health_score: float | None
    health_band: Band | None


def load_past_visits(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[PastVisit, ...]]:
    """Read the visits of accounts that are over, oldest first, in one statement; accounts without any are absent."""
    rows = connection.execute(_VISITS, {"ids": list(ids)}).all()
    return {
        account_id: tuple(
            PastVisit(
                seq=row.seq,
                segment=row.segment,
                machine=row.machine,
                stage=row.stage,
                entered_at=from_ms(row.entered_at),
                left_at=from_ms(row.left_at),
                paused=timedelta(milliseconds=row.paused_ms or 0),
                to_stage=row.to_stage,
                transition=row.transition,
                health_score=row.health_score,
                health_band=None if row.health_band is None else Band(row.health_band),
            )
            for row in group
        )
        for account_id, group in groupby(rows, key=attrgetter("account_id"))
    }


_VISITS = (
    select(*(column for column in stage_visit.columns if column.name not in ("kind", "csm")))
    .where(stage_visit.c.account_id.in_(bindparam("ids", expanding=True)))
    .order_by(stage_visit.c.account_id, stage_visit.c.seq)
)
