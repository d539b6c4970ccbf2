"""How many accounts began together, and how far they came."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.kept_entries import stages_entered
from lifecycle_fsm.store.reports.asked import Asked
from lifecycle_fsm.store.reports.entries import step_rows
from lifecycle_fsm.store.reports.fenced import fenced


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


def count_cohorts(connection: Connection, asked: Asked) -> tuple[list[Beginning], list[Reached]]:
    """Count the accounts of cohorts, and those of them that entered each stage since; a day may come twice."""
    began, reached = list[Beginning](), list[Reached]()
    for part in asked.parts:
        stages = stages_entered(connection, part.kept, part.scope.segment)
        for segment, began_on, accounts, judged, *counts in connection.execute(_counting(connection, part, stages)):
            began.append(Beginning(segment, began_on, accounts, judged))
            steps = zip(stages.get(segment, ()), counts[::2], counts[1::2], strict=False)
            reached += [Reached(segment, began_on, *step) for step in steps if step[1]]
    return began, reached


def _counting(connection: Connection, asked: Asked, stages: Mapping[str, Sequence[str]]) -> Select[*tuple[Any, ...]]:
    """Each account is one row, whatever number of stages it entered: how many rows there are is what counting takes."""
    segment, began_on, due_at, *steps = fenced(step_rows(asked, stages), connection).c
    counts = (func.count().filter(each <= until) for each in steps for until in (asked.at, due_at))
    return select(segment, began_on, func.count(), func.count(due_at), *counts).group_by(segment, began_on)
