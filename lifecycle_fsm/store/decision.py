"""
What data would do to every account now, decided set-wise in SQL.

The answers are the engine's own for accounts whose evaluation stands: neither marked
for the next one nor past their deadline. Both databases answer the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)

from lifecycle_fsm.domain.fields import STAGE_ENTERED_AT, Field
from lifecycle_fsm.engine.machine import AUTO, Machine
from lifecycle_fsm.guards.model import Guard, held_parts
from lifecycle_fsm.guards.sql import Column, Instant, condition
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.tables.accounts import account_state


def decision(machine: Machine, layout: Layout, as_of_ms: Instant) -> Select[Any, str, str | None, bool]:
    """
    Select `account_id`, `stage`, `transition` and `held` of every account that follows the machine.

    `transition` is the key of the automatic transition that would fire first, null for
    none. `held` says that an automatic exit of the stage is neither true nor false,
    since a value is not known.
    """
    return select(
        account_state.c.account_id,
        account_state.c.stage,
        first_move(machine, layout, as_of_ms).label("transition"),
        is_held(machine, layout, as_of_ms).label("held"),
    ).where(account_state.c.machine == machine.digest)


def first_move(machine: Machine, layout: Layout, as_of_ms: Instant) -> ColumnElement[str | None]:
    """The key of the automatic transition that would fire first out of an account's stage, null for none."""
    column = columns(machine, layout, as_of_ms)
    return _by_stage(
        {
            stage: case(*((condition(guard, column, as_of_ms), literal(key, String())) for key, guard in exits))
            for stage, exits in automatic_exits(machine).items()
        },
        null(),
    )


def is_held(machine: Machine, layout: Layout, as_of_ms: Instant) -> ColumnElement[bool]:
    """Whether an automatic exit of an account's stage is unknown."""
    column = columns(machine, layout, as_of_ms)
    return _by_stage(
        {
            stage: or_(*(condition(guard, column, as_of_ms).is_(None) for _, guard in exits))
            for stage, exits in automatic_exits(machine).items()
        },
        false(),
    )


def holds(guard: Guard, machine: Machine, layout: Layout, as_of_ms: Instant) -> ColumnElement[bool]:
    """Whether a guard of the machine is true for an account; false, never null, where it is unknown."""
    truth = condition(guard, columns(machine, layout, as_of_ms), as_of_ms)
    return type_coerce(func.coalesce(truth, false()), Boolean())


def taken_by(machines: Sequence[Machine], layout: Layout, as_of_ms: Instant) -> ColumnElement[str | None]:
    """The segment of the first machine whose rule takes an account, null for none; machines in the order of rank."""
    rules = [(machine.assignment.when, machine.segment) for machine in machines if machine.assignment.when is not None]
    if not rules:
        return type_coerce(null(), String())
    return case(*((condition(rule, layout.expression, as_of_ms), literal(name, String())) for rule, name in rules))


def taken_away(
    ranked: Sequence[Machine], stages: Mapping[str, Collection[str]], layout: Layout, as_of_ms: Instant
) -> ColumnElement[str | None]:
    """
    The other segment whose rule takes an account that has one, null for none; machines in the order of rank.

    `stages` are those in which accounts of each segment stand: only from some do they go on elsewhere.
    """
    if not any(machine.assignment.when is not None for machine in ranked):
        return type_coerce(null(), String())
    taker = taken_by(ranked, layout, as_of_ms)
    by_hand = func.coalesce(account_state.c.bookkeeping["by_hand"].as_boolean(), false())
    lands = or_(false(), *_landings(ranked, stages, taker))
    # In steps, so that the account's memory is read only where a rule would take it elsewhere.
    return case((taker != account_state.c.segment, case((by_hand, null()), (lands, taker))))


def _landings(
    ranked: Sequence[Machine], stages: Mapping[str, Collection[str]], taker: ColumnElement[str | None]
) -> Iterator[ColumnElement[bool]]:
    for machine in ranked:
        for segment, keys in stages.items():
            landing = sorted(stage for stage in keys if machine.landing(segment, stage) is not None)
            if segment != machine.segment and landing:
                here = and_(account_state.c.segment == segment, account_state.c.stage.in_(landing))
                yield and_(taker == machine.segment, here)


def automatic_exits(machine: Machine) -> Mapping[str, tuple[tuple[str, Guard], ...]]:
    """The automatic exits of each stage that has any, by key, in the order in which they are tried."""
    found = {
        stage: tuple((each.key, each.guard(AUTO)) for each in exits if AUTO in each.triggers)
        for stage, exits in machine.exits.items()
    }
    return {stage: exits for stage, exits in found.items() if exits}


def columns(machine: Machine, layout: Layout, as_of_ms: Instant) -> Column:
    """
    Give the expression of each field of the machine.

    A condition with `for` counts from now where it has become true since the account
    was last evaluated, and not at all where it is not true any more; not while a pause goes on.
    """
    held = {part.since.key: part.leaf for guard in machine.guards() for part in held_parts(guard)}
    now = literal(as_of_ms, BigInteger()) if isinstance(as_of_ms, int) else as_of_ms

    read = as_read(layout, as_of_ms)

    def column(field: Field) -> ColumnElement[Any]:
        stored = read(field)
        if field.key not in held:
            return stored
        since = _held_since(stored, now)
        return case((condition(held[field.key], read, as_of_ms), func.coalesce(since, now)))

    return column


def _held_since(stored: ColumnElement[int], now: ColumnElement[int]) -> ColumnElement[int]:
    """When a condition would have become true, had its clock not stood still in the pause that goes on."""
    paused_at = account_state.c.bookkeeping[("pause", 0)].as_string().cast(BigInteger)
    still_from = case((stored > paused_at, stored), else_=paused_at)
    still = case((still_from < now, now - still_from), else_=0)
    return case((account_state.c.pause_from.is_(None), stored), else_=stored + still)


def as_read(layout: Layout, as_of_ms: Instant) -> Column:
    """Give the expression of a field as guards read it: the clock of a stage without its pauses."""

    def read(field: Field) -> ColumnElement[Any]:
        return clock(layout, as_of_ms) if field.key == STAGE_ENTERED_AT.key else layout.expression(field)

    return read


def clock(layout: Layout, as_of_ms: Instant) -> ColumnElement[int]:
    """Since when the clock of a visit goes, for the accounts that the layout is of."""
    return account_state.c.entered_at if layout.is_bare else clock_since(as_of_ms)


def is_bare() -> ColumnElement[bool]:
    """Whether an account is one that a bare layout is of."""
    beside = ("overrides", "paused_ms", "pause_from", "alerts_on")
    return and_(*(account_state.c[name].is_(None) for name in beside))


def clock_since(as_of_ms: Instant) -> ColumnElement[int]:
    """When a visit would have begun, had its clock never stood still; a pause that goes on ends at its deadline."""
    entered, paused, since = account_state.c.entered_at, account_state.c.paused_ms, account_state.c.pause_from
    now = literal(as_of_ms, BigInteger()) if isinstance(as_of_ms, int) else as_of_ms
    still = case((since < now, now - since), else_=0)
    # Nearly all accounts never pause, and the first branch costs them little.
    return case((and_(paused.is_(None), since.is_(None)), entered), else_=entered + func.coalesce(paused, 0) + still)


def _by_stage(answers: Mapping[str, ColumnElement[Any]], otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
    if not answers:
        return otherwise
    return case(dict(answers), value=account_state.c.stage, else_=otherwise)
