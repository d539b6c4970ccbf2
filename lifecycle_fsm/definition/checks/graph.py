"""The shape of a lifecycle: which stages can be reached, and which can be left."""

from collections.abc import Iterator

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Severity
from lifecycle_fsm.engine.machine import Machine


def unreachable_stages(draft: Draft) -> Iterator[Diagnostic]:
    """Stages that no chain of transitions reaches from the initial one."""
    reached = _reached(draft.machine)
    for key in draft.machine.stages:
        if key not in reached:
            message = f"no transitions lead from {draft.machine.initial!r} to the stage {key!r}"
            yield Diagnostic(Code.UNREACHABLE_STAGE, Severity.ERROR, message, draft.positions.span(f"stages.{key}"))


def _reached(machine: Machine) -> frozenset[str]:
    reached, waiting = {machine.initial}, [machine.initial]
    while waiting:
        targets = {transition.target for transition in machine.exits[waiting.pop()]}
        waiting.extend(targets - reached)
        reached |= targets
    return frozenset(reached)


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
