"""How many accounts began together, and how far they came."""

from typing import NamedTuple

from sqlalchemy import func, select

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import Asked
from lifecycle_fsm.store.reports.entries import cohort_rows, funnel_rows


class Beginning(NamedTuple):
    """Accounts that began in a segment on one day; `judged` of them have had the days."""

    segment: str
    began_on: int
    accounts: int
    judged: int


class Reached(NamedTuple):
    """Accounts of one day that entered a stage since; `within` are judged and did so in time."""

    segment: str
    began_on: int
    stage: str
    accounts: int
    within: int


def count_cohorts(connection: Connection, asked: Asked) -> tuple[Beginning, ...]:
    """Count the accounts of cohorts by segment and day."""
    rows = cohort_rows(asked).subquery()
    keys = (rows.c.segment, rows.c.began_on)
    query = select(*keys, func.count(), func.sum(rows.c.is_judged)).group_by(*keys).order_by(*keys)
    return tuple(Beginning(row[0], row[1], row[2], int(row[3])) for row in connection.execute(query))


def count_reached(connection: Connection, asked: Asked) -> tuple[Reached, ...]:
    """Count the stages that accounts of cohorts entered, by segment, day and stage."""
    rows = funnel_rows(asked).subquery()
    keys = (rows.c.segment, rows.c.began_on, rows.c.stage)
    query = select(*keys, func.count(), func.sum(rows.c.is_within)).group_by(*keys)
    return tuple(Reached(row[0], row[1], row[2], row[3], int(row[4])) for row in connection.execute(query))
