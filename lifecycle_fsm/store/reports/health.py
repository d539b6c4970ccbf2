"""How healthy accounts are, stage by stage, and how many keep pace."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from sqlalchemy import func, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.fields import Field
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.reports.fenced import fenced
from lifecycle_fsm.store.reports.scoping import standing
from lifecycle_fsm.store.tables.accounts import account_state

StageKey = tuple[str, str]
"""Segment and stage."""

HUNDREDTH = 100


class BandCount(NamedTuple):
    """Accounts of a stage in one band, None for those without a score."""

    stage: StageKey
    band: Band | None
    accounts: int


class PaceCount(NamedTuple):
    """Accounts of a stage at one pace."""

    stage: StageKey
    pace: Pace
    accounts: int


def count_bands(connection: Connection, scope: ReportScope, portfolio: Portfolio) -> tuple[BandCount, ...]:
    """Count accounts by stage and band."""
    state = account_state.c
    keys = (state.segment, state.stage, state.health_band)
    query = select(*keys, func.count()).where(*standing(scope, portfolio)).group_by(*keys)
    return tuple(
        BandCount((row[0], row[1]), None if row[2] is None else Band(row[2]), row[3])
        for row in connection.execute(query.order_by(state.segment, state.stage))
    )


def count_paces(connection: Connection, scope: ReportScope, portfolio: Portfolio) -> tuple[PaceCount, ...]:
    """Count accounts by stage and the worst pace that was noted in their visit."""
    state = account_state.c
    keys = (state.segment, state.stage, state.noted_pace)
    query = select(*keys, func.count()).where(*standing(scope, portfolio)).group_by(*keys).order_by(*keys)
    return tuple(PaceCount((row[0], row[1]), Pace(row[2]), row[3]) for row in connection.execute(query))


def count_values(
    connection: Connection, scope: ReportScope, portfolio: Portfolio, field: Field, layout: Layout
) -> Mapping[StageKey, Mapping[float | None, int]]:
    """
    Count the accounts of each stage by a number, rounded to hundredths, those without it under None, in one scan.

    Stages are sorted.
    """
    state = account_state.c
    hundredths = func.round(layout.expression(field) * HUNDREDTH).label("hundredths")
    rows = fenced(select(state.segment, state.stage, hundredths).where(*standing(scope, portfolio)), connection)
    query = select(*rows.c, func.count()).group_by(*rows.c).order_by(rows.c.segment, rows.c.stage)
    found: dict[StageKey, dict[float | None, int]] = {}
    for segment, stage, each, number in cast("Iterable[_Counted]", connection.execute(query)):
        value = None if each is None else float(each) / HUNDREDTH
        found.setdefault((segment, stage), {})[value] = number
    return found


_Counted = tuple[str, str, float | None, int]
"""Segment, stage, hundredths of a value, how many."""
