"""Stages that an account may never leave because a value it needs may stay unknown for ever."""

from collections.abc import Iterator

from lifecycle_fsm.definition.checks.conditions import asked_of, limits_by_stage, path_of
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.domain.fields import HEALTH_BAND, HEALTH_SCORE
from lifecycle_fsm.engine.machine import Machine, Stage, Transition
from lifecycle_fsm.guards.boxes.limits import Limits
from lifecycle_fsm.guards.boxes.plain import needed
from lifecycle_fsm.guards.boxes.questions import Asked, is_possible
from lifecycle_fsm.guards.model import Guard, Known, Leaf, Subject, leaves


def unknown_traps(draft: Draft) -> Iterator[Diagnostic]:
    """Stages in which every way out needs a value that becomes stale, and so may stay unknown."""
    machine = draft.machine
    by_stage = limits_by_stage(machine)
    for stage in machine.stages.values():
        exits, limits = machine.exits[stage.key], by_stage[stage.key]
        if exits and _has_way_out(machine, stage, limits) and not _leaves_unknown(machine, stage, limits):
            message = (
                f"every way out of {stage.key!r} needs a value that may stay unknown for ever once it is stale; "
                "add an exit with `after`, or one that people can take"
            )
            others = tuple(Related("a way out", draft.positions.span(f"{path_of(each)}.key")) for each in exits)
            span = draft.positions.span(f"stages.{stage.key}")
            yield Diagnostic(Code.UNKNOWN_TRAP, Severity.WARNING, message, span, others)


def _ways(machine: Machine, stage: Stage) -> Iterator[tuple[Transition, str]]:
    for transition in machine.exits[stage.key]:
        yield from ((transition, trigger) for trigger in transition.triggers)


def _has_way_out(machine: Machine, stage: Stage, limits: Limits) -> bool:
    """Whether an exit can be true at all; where none can, that is reported instead."""
    return any(is_possible(asked_of(each, trigger), limits) is not False for each, trigger in _ways(machine, stage))


def _leaves_unknown(machine: Machine, stage: Stage, limits: Limits) -> bool:
    """Whether an exit can be true while everything that ages is unknown."""
    return any(_leaves(machine, each, trigger, limits) for each, trigger in _ways(machine, stage))


def _leaves(machine: Machine, transition: Transition, trigger: str, limits: Limits) -> bool:
    guard = transition.guard(trigger)
    ageing = tuple(_ageing(machine, transition.source, guard))
    if any(leaf.subject in ageing and leaf.test != Known(expected=False) for leaf in needed(guard)):
        return False
    unknown = (Asked(Leaf(subject, Known(expected=False))) for subject in ageing)
    return is_possible((*asked_of(transition, trigger), *unknown), limits) is not False


def _ageing(machine: Machine, stage: str, guard: Guard) -> Iterator[Subject]:
    """What the guard reads that becomes stale; the health score does where all its measures do."""
    scored = machine.scorecard.for_stage(stage)
    health_ages = bool(scored) and all(measure.stale_after_ms is not None for measure in scored)
    for leaf in leaves(guard):
        is_health = leaf.subject.field in (HEALTH_SCORE, HEALTH_BAND)
        if leaf.subject.freshness is not None or (is_health and health_ages):
            yield leaf.subject
