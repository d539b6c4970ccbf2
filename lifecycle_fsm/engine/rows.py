"""The row of one account that every guard of its machine is judged on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lifecycle_fsm.domain.cta import CtaSelector
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import HEALTH_BAND, HEALTH_SCORE, Value, baseline_key, change_parts
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.plan_progress import progress_of
from lifecycle_fsm.domain.scorecard import HealthScore, score
from lifecycle_fsm.engine.machine import Machine

Row = Mapping[str, Value]
_SINCE_ENTRY = ".since_entry"


@dataclass(frozen=True, slots=True)
class _Known:
    """What readers read from."""

    lifecycle: Lifecycle
    facts: Facts
    health: HealthScore


_Reader = Callable[[_Known], Value]


def guard_row(machine: Machine, lifecycle: Lifecycle, facts: Facts, as_of_ms: int) -> tuple[Row, HealthScore]:
    """
    Gather the value of every field of the machine, in the order of `machine.fields`, and the health score.

    Counts that nothing was counted for are 0; every other value that is not known is None.
    """
    health = score(machine.scorecard, lifecycle.stage, facts.values, as_of_ms)
    known = _Known(lifecycle, facts, health)
    return {key: read(known) for key, read in _readers(machine)}, health


@lru_cache(maxsize=256)
def _readers(machine: Machine) -> tuple[tuple[str, _Reader], ...]:
    return tuple((field.key, _reader(field.key)) for field in machine.fields)


def _reader(key: str) -> _Reader:
    if (parts := change_parts(key)) is not None:
        return _change_reader(*parts)
    family, _, rest = key.partition(".")
    if family in _FAMILIES:
        return _FAMILIES[family](rest)
    return lambda known: known.facts.values.get(key)


def _change_reader(base: str, window_ms: int) -> _Reader:
    before_key = baseline_key(base, window_ms)
    read_now = _reader(base)

    def read(known: _Known) -> Value:
        now, before = read_now(known), known.facts.values.get(before_key)
        if isinstance(now, float | int) and isinstance(before, float | int):
            return float(now) - float(before)
        return None

    return read


def _stage_reader(rest: str) -> _Reader:
    if rest == "entered_at":
        return lambda known: to_ms(known.lifecycle.entered_at)
    return lambda known: known.lifecycle.came_from


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
    return lambda known: sum(selector.matches(cta, known.lifecycle.entered_at) for cta in known.lifecycle.ctas)


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
        return None if since is None else to_ms(since)

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
}
