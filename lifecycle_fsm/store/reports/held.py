"""Which accounts wait in a stage since a value is not known."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from sqlalchemy import case, func, literal, null, select, union_all

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.guards.model import Guard
from lifecycle_fsm.guards.sql import condition
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.decision import automatic_exits, columns
from lifecycle_fsm.store.reports.asked import Asked, Rows, flag
from lifecycle_fsm.store.reports.scoping import standing
from lifecycle_fsm.store.tables.accounts import account_state

Exits = Mapping[str, tuple[tuple[str, Guard], ...]]
"""The automatic exits of stages, by key."""


class Held(NamedTuple):
    """
    So many accounts of a stage whose automatic transition is neither true nor false.

    `title` has the titles of the stages that it connects, by the rules that one of the accounts follows.
    """

    segment: str
    stage: str
    transition: str
    title: str
    accounts: int


def held_rows(asked: Asked) -> Rows:
    """Accounts by the automatic transitions that wait for a value: `account_id`, `segment`, `stage`, `transition`."""
    found = [query for machine in asked.machines for query in _of(machine, asked)]
    return union_all(*found) if found else _nobody()


def count_held_by(connection: Connection, asked: Asked) -> tuple[Held, ...]:
    """Count accounts by the transitions that wait, sorted; one scan for each version of the rules."""
    found = Counter[tuple[str, str, str]]()
    for machine in asked.machines:
        exits = automatic_exits(machine)
        if exits:
            rows = cast(
                "Iterable[tuple[str, str, *tuple[int, ...]]]", connection.execute(_counting(machine, exits, asked))
            )
            for segment, stage, *counts in rows:
                for (transition, _), accounts in zip(exits[stage], counts, strict=False):
                    found[segment, stage, transition] += int(accounts)
    titles = {
        (each.segment, rule.source, rule.key): each.way(rule) for each in asked.machines for rule in each.transitions
    }
    return tuple(Held(*key, titles[key], accounts) for key, accounts in sorted(found.items()) if accounts)


def _counting(machine: Machine, exits: Exits, asked: Asked) -> Rows:
    """By `segment` and `stage`: how many accounts wait by its first automatic exit, its second, and so on."""
    at = to_ms(asked.scope.as_of)
    column, state = columns(machine, asked.layout, at), account_state.c
    waiting = []
    for place in range(max(map(len, exits.values()))):
        guards = {stage: found[place][1] for stage, found in exits.items() if place < len(found)}
        held = {stage: flag(condition(guard, column, at).is_(None)) for stage, guard in guards.items()}
        waiting.append(func.sum(case(held, value=state.stage, else_=0)))
    return (
        select(state.segment, state.stage, *waiting)
        .where(*standing(asked.scope, asked.portfolio), state.machine == machine.digest, state.stage.in_(list(exits)))
        .group_by(state.segment, state.stage)
    )


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
