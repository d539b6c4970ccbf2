"""How conditions change in meaning: the one place where a plan asks for proofs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lifecycle_fsm.definition.checks.conditions import limits_by_stage, limits_in, shown
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import Alert, Machine
from lifecycle_fsm.guards.boxes.answers import Answer, NotDecided, Satisfiable
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.boxes.questions import difference
from lifecycle_fsm.guards.model import Guard
from lifecycle_fsm.services.planning.content import Meaning, Sense


@dataclass(frozen=True, slots=True)
class _Pair:
    """A condition of both versions, and the stage in which it is asked; None for all."""

    key: str
    before: Guard
    after: Guard
    stage: str | None


def meanings(before: Machine | None, after: Machine | None) -> tuple[Meaning, ...]:
    """The rule, transitions and alerts that both versions have and whose conditions are written differently."""
    if before is None or after is None:
        return ()
    pairs = (*_rules(before, after), *_transitions(before, after), *_alerts(before, after), *_closings(before, after))
    return tuple(_meaning(pair, after) for pair in pairs if pair.before != pair.after)


def _rules(before: Machine, after: Machine) -> Iterator[_Pair]:
    if before.assignment.when is not None and after.assignment.when is not None:
        yield _Pair(after.segment, before.assignment.when, after.assignment.when, None)


def _transitions(before: Machine, after: Machine) -> Iterator[_Pair]:
    """One pair for each transition, by the first trigger that both have, for triggers differ by the wait alone."""
    known = {(each.source, each.key): each for each in before.transitions}
    for transition in after.transitions:
        earlier = known.get((transition.source, transition.key))
        shared = [each for each in transition.triggers if earlier is not None and each in earlier.triggers]
        if earlier is not None and shared:
            guards = earlier.guard(shared[0]), transition.guard(shared[0])
            yield _Pair(f"{transition.source}.{transition.key}", *guards, transition.source)


def _alerts(before: Machine, after: Machine) -> Iterator[_Pair]:
    known = {alert.key: alert for alert in before.alerts}
    for alert in after.alerts:
        earlier = known.get(alert.key)
        if earlier is not None:
            yield _Pair(f"alerts.{alert.key}", earlier.when, alert.when, None)
            yield _Pair(f"alerts.{alert.key}.clear_when", over(earlier), over(alert), None)
            yield from _levels(earlier, alert)


def _levels(before: Alert, after: Alert) -> Iterator[_Pair]:
    known = {level.severity: level.when for level in before.levels}
    for level in after.levels:
        earlier = known.get(level.severity)
        if earlier is not None and level.when is not None:
            yield _Pair(f"alerts.{after.key}.levels.{level.severity}", earlier, level.when, None)


def _closings(before: Machine, after: Machine) -> Iterator[_Pair]:
    known = {rule.template: rule.close_when for rule in before.cta_rules}
    for rule in after.cta_rules:
        earlier = known.get(rule.template)
        if earlier is not None and rule.close_when is not None:
            yield _Pair(f"ctas.{rule.template}", earlier, rule.close_when, None)


def _meaning(pair: _Pair, machine: Machine) -> Meaning:
    gained = _true_and(pair.after, pair.before, Want.FALSE, pair, machine)
    lost = _true_and(pair.before, pair.after, Want.FALSE, pair, machine)
    newly = _true_and(pair.after, pair.before, Want.UNKNOWN, pair, machine)
    no_longer = _true_and(pair.before, pair.after, Want.UNKNOWN, pair, machine)
    return Meaning(
        key=pair.key,
        sense=_sense(gained, lost),
        gained=_example(gained, machine),
        lost=_example(lost, machine),
        gained_from_unknown=_example(newly, machine),
        lost_to_unknown=_example(no_longer, machine),
    )


def _true_and(first: Guard, second: Guard, want: Want, pair: _Pair, machine: Machine) -> Answer:
    limits = limits_in(machine) if pair.stage is None else limits_by_stage(machine)[pair.stage]
    return difference(first, second, limits, want=want)


def _sense(gained: Answer, lost: Answer) -> Sense:
    if isinstance(gained, NotDecided) or isinstance(lost, NotDecided):
        return Sense.NOT_DECIDED
    match isinstance(gained, Satisfiable), isinstance(lost, Satisfiable):
        case False, False:
            return Sense.SAME
        case False, True:
            return Sense.TIGHTER
        case True, False:
            return Sense.LOOSER
        case _:
            return Sense.DIFFERENT


def _example(answer: Answer, machine: Machine) -> Mapping[str, str] | None:
    if not isinstance(answer, Satisfiable):
        return None
    return {key: _text(value) for key, value in shown(answer.example, machine).items()}


def _text(value: Value) -> str:
    if value is None:
        return "unknown"
    return f"{value:g}" if isinstance(value, float) else str(value)
