"""The conditions of a machine as questions: what must hold, what fields can hold, and where it is written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Related
from lifecycle_fsm.domain.fields import (
    CAME_FROM,
    HEALTH_SCORE,
    STAGE_ENTERED_AT,
    FieldKind,
    Value,
    fact_field,
    visits_field,
)
from lifecycle_fsm.domain.moments import from_day, from_ms
from lifecycle_fsm.engine.machine import AUTO, Machine, Transition, stage_age_at_least
from lifecycle_fsm.guards.boxes.answers import Example, Placed
from lifecycle_fsm.guards.boxes.limits import NO_LIMITS, Limit, Limits
from lifecycle_fsm.guards.boxes.questions import Asked

NOTHING = Limit(1, 0)
"""A number that is never known."""

ANY_NUMBER = NO_LIMITS.of("", FieldKind.NUMBER)
VISITED = replace(NO_LIMITS.of(visits_field("").key, FieldKind.INTEGER), low=1)
"""How often an account has entered the stage that it is in."""


def path_of(transition: Transition) -> str:
    """The path of a transition among the positions."""
    return f"stages.{transition.source}.transitions.{transition.key}"


def wait_of(transition: Transition, trigger: str) -> int:
    """The milliseconds that an account stays at least before this trigger moves it."""
    return max(transition.after_ms or 0, transition.min_dwell_ms if trigger == AUTO else 0)


def asked_of(transition: Transition, trigger: str) -> tuple[Asked, ...]:
    """Everything that must hold for the trigger to move, each part with its path."""
    path, wait = path_of(transition), wait_of(transition, trigger)
    waiting = (Asked(stage_age_at_least(wait), path=f"{path}.{_waiting_key(transition, wait)}"),) if wait else ()
    required = (Asked(leaf, path=f"{path}.requires.{index}") for index, leaf in enumerate(transition.requires))
    return (*waiting, *required, Asked(transition.when, path=f"{path}.when"))


def _waiting_key(transition: Transition, wait: int) -> str:
    return "after" if transition.after_ms == wait else "min_dwell"


def limits_in(machine: Machine, stage: str | None = None) -> Limits:
    """What the fields of an account can hold, in any stage or in one."""
    known = _of_catalog(machine)
    return Limits(known if stage is None else {**known, **_of_stage(machine, stage)})


def limits_by_stage(machine: Machine) -> Mapping[str, Limits]:
    """What they can hold in each stage."""
    known = _of_catalog(machine)
    return {stage: Limits({**known, **_of_stage(machine, stage)}) for stage in machine.stages}


def _of_stage(machine: Machine, stage: str) -> Mapping[str, Limit]:
    """The stage has been visited, and health is known only where something is scored."""
    scored = {} if machine.scorecard.for_stage(stage) else {HEALTH_SCORE.key: NOTHING}
    return {visits_field(stage).key: VISITED, **scored}


def _of_catalog(machine: Machine) -> dict[str, Limit]:
    limits = {CAME_FROM.key: Limit(texts=frozenset(machine.stages))}
    for measure in machine.catalog.measures.values():
        low = ANY_NUMBER.low if measure.minimum is None else measure.minimum
        high = ANY_NUMBER.high if measure.maximum is None else measure.maximum
        limits[measure.field.key] = Limit(low, high)
    for fact in machine.catalog.facts.values():
        if fact.one_of:
            limits[fact_field(fact.key, fact.kind).key] = Limit(texts=frozenset(fact.one_of))
    return limits


def related(draft: Draft, core: Iterable[Placed], message: str) -> tuple[Related, ...]:
    """The places of conflicting leaves, each once."""
    spans = dict.fromkeys(draft.positions.span(placed.path) for placed in core)
    return tuple(Related(message, span) for span in spans)


def lost_stages(draft: Draft, transition: Transition) -> Iterator[Related]:
    """The target of a transition that is never taken, where it is the only way in."""
    machine = draft.machine
    ways = [each for each in machine.transitions if each.target == transition.target and each.source != each.target]
    if ways == [transition] and transition.target != machine.initial:
        yield Related("so this stage is never reached", draft.positions.span(f"stages.{transition.target}"))


def shown(example: Example, machine: Machine) -> dict[str, Value]:
    """The row of an example with dates as people write them, and the date at which it holds where that matters."""
    kinds = {field.key: field.kind for field in machine.fields}
    row = {key: _written(key, value, kinds) for key, value in example.row.items()}
    return row if row == dict(example.row) else {"as_of": _instant(example.as_of_ms), **row}


def _written(key: str, value: Value, kinds: Mapping[str, FieldKind]) -> Value:
    kind = FieldKind.INSTANT if key.endswith("@") or key == STAGE_ENTERED_AT.key else kinds.get(key)
    if not isinstance(value, int) or kind not in (FieldKind.INSTANT, FieldKind.DAY):
        return value
    return from_day(value).isoformat() if kind is FieldKind.DAY else _instant(value)


def _instant(milliseconds: int) -> str:
    return from_ms(milliseconds).isoformat(timespec="minutes").replace("+00:00", "Z")
