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
) -> Mapping[StageKey, Mapping[float, int]]:
    """Count the values of a number by stage, each rounded to hundredths; unknown ones are left out."""
    state, value = account_state.c, layout.expression(field)
    hundredths = func.round(value * HUNDREDTH).label("hundredths")
    rows = select(state.segment, state.stage, hundredths).where(*standing(scope, portfolio), value.is_not(None))
    inner = rows.subquery()
    query = select(*inner.c, func.count()).group_by(*inner.c)
    counted = cast("Iterable[tuple[str, str, float, int]]", connection.execute(query))
    found: dict[StageKey, dict[float, int]] = {}
    for segment, stage, each, number in counted:
        found.setdefault((segment, stage), {})[float(each) / HUNDREDTH] = number
    return found
