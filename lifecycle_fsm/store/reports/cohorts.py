"""How many accounts began together, and how far they came."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import Asked
from lifecycle_fsm.store.reports.entries import cohort_rows, funnel_rows
from lifecycle_fsm.store.reports.fenced import fenced

Counted = Select[*tuple[Any, ...]]


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
    """Count the accounts of cohorts by segment and day; a day may come twice."""
    return tuple(
        Beginning(row[0], row[1], row[2], int(row[3]))
        for part in asked.parts
        for row in connection.execute(_by_day(connection, cohort_rows(part), "is_judged"))
    )


def count_reached(connection: Connection, asked: Asked) -> tuple[Reached, ...]:
    """Count the stages that accounts of cohorts entered, by segment, day and stage; a day may come twice."""
    return tuple(
        Reached(row[0], row[1], row[2], row[3], int(row[4]))
        for part in asked.parts
        for row in connection.execute(_by_day(connection, funnel_rows(part), "is_within", "stage"))
    )


def began_with(reached: Iterable[Reached], stage: str) -> tuple[Beginning, ...]:
    """The accounts of cohorts that began by entering a stage: these entered it at once, each that is judged in time."""
    return tuple(
        Beginning(each.segment, each.began_on, each.accounts, each.within) for each in reached if each.stage == stage
    )


def _by_day(connection: Connection, counted: Counted, flag: str, *more: str) -> Counted:
    rows = fenced(counted, connection)
    keys = tuple(rows.c[name] for name in ("segment", "began_on", *more))
    return select(*keys, func.count(), func.sum(rows.c[flag])).group_by(*keys)
