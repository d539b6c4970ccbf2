"""The shape of a lifecycle: which stages can be reached, and which can be left."""

from collections.abc import Iterator

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Severity
from lifecycle_fsm.engine.machine import Machine


def unreachable_stages(draft: Draft) -> Iterator[Diagnostic]:
    """Stages that no chain of transitions reaches from the initial one; of a chain that hangs loose, only the first."""
    machine = draft.machine
    reached = _reached_from(machine.initial, machine)
    for key in _by_looseness(machine, reached):
        if key not in reached:
            reached |= _reached_from(key, machine)
            message = f"no transitions lead from {machine.initial!r} to the stage {key!r}"
            yield Diagnostic(Code.UNREACHABLE_STAGE, Severity.ERROR, message, draft.positions.span(f"stages.{key}"))


def _reached_from(start: str, machine: Machine) -> frozenset[str]:
    reached, waiting = {start}, [start]
    while waiting:
        targets = {transition.target for transition in machine.exits[waiting.pop()]} - reached
        waiting.extend(targets)
        reached |= targets
    return frozenset(reached)


def _by_looseness(machine: Machine, reached: frozenset[str]) -> list[str]:
    """The stages that are not reached, those first to which nothing leads at all."""
    loose = [key for key in machine.stages if key not in reached]
    led_to = {each.target for each in machine.transitions if each.source in loose and each.source != each.target}
    return sorted(loose, key=lambda key: key in led_to)


def dead_ends(draft: Draft) -> Iterator[Diagnostic]:
    """Stages that are not final and have no exit."""
    for key, stage in draft.machine.stages.items():
        if not stage.final and not draft.machine.exits[key]:
            message = f"an account can never leave the stage {key!r}; give it a transition, or write `final: true`"
            yield Diagnostic(Code.DEAD_END, Severity.WARNING, message, draft.positions.span(f"stages.{key}"))


def final_stages_with_exits(draft: Draft) -> Iterator[Diagnostic]:
    """Final stages that have an exit all the same."""
    for key, stage in draft.machine.stages.items():
        if stage.final and draft.machine.exits[key]:
            message = f"the stage {key!r} is final, so it has no transitions; delete them or `final: true`"
            yield Diagnostic(
                Code.FINAL_WITH_EXITS, Severity.ERROR, message, draft.positions.span(f"stages.{key}.final")
            )
