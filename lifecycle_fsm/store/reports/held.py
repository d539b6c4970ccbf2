"""Which accounts wait in a stage since a value is not known."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import func, literal, null, select, union_all

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.guards.sql import condition
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.decision import automatic_exits, columns
from lifecycle_fsm.store.reports.asked import Asked, Rows
from lifecycle_fsm.store.reports.scoping import standing
from lifecycle_fsm.store.tables.accounts import account_state


class Held(NamedTuple):
    """So many accounts of a stage whose automatic transition is neither true nor false."""

    segment: str
    stage: str
    transition: str
    accounts: int


def held_rows(asked: Asked) -> Rows:
    """Accounts by the automatic transitions that wait for a value: `account_id`, `segment`, `stage`, `transition`."""
    found = [query for machine in asked.machines for query in _of(machine, asked)]
    return union_all(*found) if found else _nobody()


def count_held_by(connection: Connection, asked: Asked) -> tuple[Held, ...]:
    """Count accounts by the transitions that wait, sorted."""
    rows = held_rows(asked).subquery()
    keys = (rows.c.segment, rows.c.stage, rows.c.transition)
    return tuple(Held(*row) for row in connection.execute(select(*keys, func.count()).group_by(*keys).order_by(*keys)))


def _of(machine: Machine, asked: Asked) -> Iterator[Rows]:
    at = to_ms(asked.scope.as_of)
    column, state = columns(machine, asked.layout, at), account_state.c
    for stage, exits in automatic_exits(machine).items():
        for key, guard in exits:
            yield select(state.account_id, state.segment, state.stage, literal(key).label("transition")).where(
                *standing(asked.scope, asked.portfolio),
                state.machine == machine.digest,
                state.stage == stage,
                condition(guard, column, at).is_(None),
            )


def _nobody() -> Rows:
    state = account_state.c
    empty = select(state.account_id, state.segment, state.stage, literal("").label("transition"))
    return empty.where(null().is_not(None))
