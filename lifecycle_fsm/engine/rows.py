"""The row of one account that every guard of its machine is judged on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import (
    HEALTH_BAND,
    HEALTH_SCORE,
    ZONE_SHIFT,
    Value,
    baseline_key,
    change_parts,
    derived_field,
    measure_field,
)
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.override import HEALTH, Override
from lifecycle_fsm.domain.plan_progress import progress_of
from lifecycle_fsm.domain.scorecard import NO_HEALTH, HealthScore, health_of
from lifecycle_fsm.domain.scoring import ExplainedHealth, explain, rate
from lifecycle_fsm.domain.zones import Zone
from lifecycle_fsm.engine.machine import Derivation, Machine
from lifecycle_fsm.guards.model import fields
from lifecycle_fsm.guards.python import CompiledGuard, compile_guard

Row = Mapping[str, Value]
_SINCE_ENTRY = ".since_entry"


@dataclass(frozen=True, slots=True)
class _Known:
    """What readers read from: `values` are those of measures and facts as they count."""

    lifecycle: Lifecycle
    values: Row
    health: HealthScore
    as_of_ms: int
    zone: Zone


_Reader = Callable[[_Known], Value]


def guard_row(machine: Machine, lifecycle: Lifecycle, facts: Facts, as_of_ms: int) -> tuple[Row, HealthScore]:
    """
    Gather the value of every field of the machine, in the order of `machine.fields`, and the health score.

    Counts that nothing was counted for are 0; every other value that is not known is None.
    """
    overrides = _in_force(lifecycle, as_of_ms)
    values = _counting(machine, lifecycle, facts, overrides, as_of_ms)
    health = rate(machine.cards[lifecycle.stage], values, as_of_ms)
    if HEALTH in overrides:
        health = health_of(overrides[HEALTH].value)
    known = _Known(lifecycle, values, health, as_of_ms, machine.zone(values))
    return {key: read(known) for key, read in _readers(machine)}, health


def observed_row(row: Row, facts: Facts) -> Row:
    """
    Put the instants at which its values were observed beside a row, to explain it.

    Those that the machine asks for stay as they are, and no guard reads the others.
    """
    return {**{key: value for key, value in facts.values.items() if key.endswith("@")}, **row}


def explained_health(
    machine: Machine, lifecycle: Lifecycle, facts: Facts, as_of_ms: int
) -> tuple[HealthScore, ExplainedHealth]:
    """The health score that counts, and what the measures make of it; the two differ where it is overridden."""
    overrides = _in_force(lifecycle, as_of_ms)
    values = _counting(machine, lifecycle, facts, overrides, as_of_ms)
    explained = explain(machine.cards[lifecycle.stage], values, as_of_ms)
    override = overrides.get(HEALTH)
    return (explained.health if override is None else health_of(override.value)), explained


def _in_force(lifecycle: Lifecycle, as_of_ms: int) -> Mapping[str, Override]:
    if not lifecycle.overrides:
        return lifecycle.overrides
    as_of = from_ms(as_of_ms)
    return {key: each for key, each in lifecycle.overrides.items() if each.counts(as_of)}


def _counting(
    machine: Machine, lifecycle: Lifecycle, facts: Facts, overrides: Mapping[str, Override], as_of_ms: int
) -> Row:
    """Measures and facts as they count: what people said in their place, and the derived ones."""
    if not overrides and not machine.derivations:
        return facts.values
    values = {**facts.values, **dict(_said(overrides))}
    readers, derivers = _derivers(machine)
    known = _Known(lifecycle, values, NO_HEALTH, as_of_ms, machine.zone(values))
    row = tuple(read(known) for read in readers)
    derived = {key: derive(row, as_of_ms) for key, derive in derivers}
    said = {derived_field(key).key: each.value for key, each in overrides.items() if key in machine.derivations}
    return {**values, **derived, **said}


def _said(overrides: Mapping[str, Override]) -> Iterator[tuple[str, Value]]:
    """Overridden measures; one counts as observed until it ends, so that it does not become stale before."""
    for key, override in overrides.items():
        yield measure_field(key).key, override.value
        yield f"{measure_field(key).key}@", to_ms(override.until)


_Deriver = Callable[[tuple[Value, ...], int], Value]


@lru_cache(maxsize=256)
def _derivers(machine: Machine) -> tuple[tuple[_Reader, ...], tuple[tuple[str, _Deriver], ...]]:
    """Readers of what derivations ask for, and each derived field with how it follows from that."""
    conditions = [case.when for each in machine.derivations.values() for case in each.cases]
    keys = tuple(sorted({field.key for condition in conditions for field in fields(condition)}))
    derivers = tuple((derived_field(key).key, _deriver(each, keys)) for key, each in machine.derivations.items())
    return tuple(map(_reader, keys)), derivers


def _deriver(derivation: Derivation, keys: tuple[str, ...]) -> _Deriver:
    judges: tuple[tuple[CompiledGuard, float], ...] = tuple(
        (compile_guard(case.when, keys), case.value) for case in derivation.cases
    )

    def derive(row: tuple[Value, ...], as_of_ms: int) -> Value:
        for judge, value in judges:
            truth = judge(row, as_of_ms)
            if truth is not False:
                return value if truth else None
        return derivation.otherwise

    return derive


@lru_cache(maxsize=256)
def _readers(machine: Machine) -> tuple[tuple[str, _Reader], ...]:
    return tuple((field.key, _reader(field.key)) for field in machine.fields)


def _reader(key: str) -> _Reader:
    if (parts := change_parts(key)) is not None:
        return _change_reader(*parts)
    family, _, rest = key.partition(".")
    if family in _FAMILIES:
        return _FAMILIES[family](rest)
    return lambda known: known.values.get(key)


def _change_reader(base: str, window_ms: int) -> _Reader:
    before_key = baseline_key(base, window_ms)
    read_now = _reader(base)

    def read(known: _Known) -> Value:
        now, before = read_now(known), known.values.get(before_key)
        if isinstance(now, float | int) and isinstance(before, float | int):
            return float(now) - float(before)
        return None

    return read


def _stage_reader(rest: str) -> _Reader:
    if rest == "entered_at":
        return lambda known: to_ms(known.lifecycle.clock_since(from_ms(known.as_of_ms)))
    return lambda known: known.lifecycle.came_from


def _zone_reader(rest: str) -> _Reader:
    assert rest == ZONE_SHIFT.key.partition(".")[2]
    return lambda known: known.zone.shift_ms(known.as_of_ms)


def _day_reader(rest: str) -> _Reader:
    read_instant = _reader(rest)

    def read(known: _Known) -> Value:
        instant = read_instant(known)
        return known.zone.day(instant) if isinstance(instant, int) else None

    return read


def _health_reader(rest: str) -> _Reader:
    if rest == HEALTH_SCORE.key.partition(".")[2]:
        return lambda known: known.health.score
    assert rest == HEALTH_BAND.key.partition(".")[2]
    return lambda known: known.health.band.value if known.health.band is not None else None


def _milestone_reader(rest: str) -> _Reader:
    since_entry = rest.endswith(_SINCE_ENTRY)
    milestone = rest.removesuffix(_SINCE_ENTRY)

    def read(known: _Known) -> Value:
        reached_at = known.lifecycle.milestones.get(milestone)
        if reached_at is None or (since_entry and reached_at < known.lifecycle.entered_at):
            return None
        return to_ms(reached_at)

    return read


def _visits_reader(rest: str) -> _Reader:
    return lambda known: known.lifecycle.visits.get(rest, 0)


def _ctas_reader(rest: str) -> _Reader:
    selector = CtaSelector.from_key(rest)

    def read(known: _Known) -> Value:
        lifecycle, as_of = known.lifecycle, from_ms(known.as_of_ms)
        listed = sum(selector.matches(cta, lifecycle.entered_at, as_of) for cta in lifecycle.ctas)
        archive = lifecycle.archive
        return listed if archive is None else listed + archive.count(selector, lifecycle.entered_at)

    return read


def _plan_reader(rest: str) -> _Reader:
    def read(known: _Known) -> Value:
        return next((plan.status.value for plan in reversed(known.lifecycle.plans) if plan.type == rest), None)

    return read


def _plan_progress_reader(rest: str) -> _Reader:
    def read(known: _Known) -> Value:
        plan = next((plan for plan in reversed(known.lifecycle.plans) if plan.type == rest), None)
        return None if plan is None else progress_of(plan, known.lifecycle.objectives_of(plan))

    return read


def _held_reader(rest: str) -> _Reader:
    def read(known: _Known) -> Value:
        since = known.lifecycle.held.get(rest)
        if since is None or known.lifecycle.pause is None:
            return None if since is None else to_ms(since)
        return to_ms(known.lifecycle.held_since(since, from_ms(known.as_of_ms)))

    return read


_FAMILIES: Mapping[str, Callable[[str], _Reader]] = {
    "stage": _stage_reader,
    "health": _health_reader,
    "milestone": _milestone_reader,
    "visits": _visits_reader,
    "ctas": _ctas_reader,
    "plan": _plan_reader,
    "plan_progress": _plan_progress_reader,
    "held": _held_reader,
    "zone": _zone_reader,
    "day": _day_reader,
}
