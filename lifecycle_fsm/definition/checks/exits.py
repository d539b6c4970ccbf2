"""The exits of a stage beside each other."""

from collections.abc import Iterator
from itertools import combinations

from lifecycle_fsm.definition.checks.conditions import path_of
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.engine.machine import AUTO, Transition
from lifecycle_fsm.guards.model import leaves


def same_guards(draft: Draft) -> Iterator[Diagnostic]:
    """Two exits with one trigger, one condition and one priority: nothing says which is meant."""
    for exits in draft.machine.exits.values():
        for first, second in combinations(exits, 2):
            trigger = _shared_trigger(first, second)
            if trigger is None or first.priority != second.priority:
                continue
            if first.guard(trigger) == second.guard(trigger):
                yield _same_guard(draft, first, second, trigger)


def _shared_trigger(first: Transition, second: Transition) -> str | None:
    return next((trigger for trigger in first.triggers if trigger in second.triggers), None)


def _same_guard(draft: Draft, first: Transition, second: Transition, trigger: str) -> Diagnostic:
    message = (
        f"the transitions {first.key!r} and {second.key!r} out of {first.source!r} have the same trigger "
        f"{trigger!r} and the same condition; give one of them a higher `priority`"
    )
    related = (Related("the other", draft.positions.span(f"{path_of(first)}.key")),)
    span = draft.positions.span(f"{path_of(second)}.key")
    return Diagnostic(Code.SAME_GUARD, Severity.ERROR, message, span, related)


def unguarded_moves(draft: Draft) -> Iterator[Diagnostic]:
    """Automatic exits without any condition, which every account takes at once."""
    for transition in draft.machine.transitions:
        if AUTO in transition.triggers and not tuple(_conditions(transition)):
            message = (
                f"every account takes {transition.key!r} as soon as it enters {transition.source!r}; "
                "write `when`, `requires` or `after`, or a `trigger` for people"
            )
            span = draft.positions.span(f"{path_of(transition)}.key")
            yield Diagnostic(Code.UNGUARDED_MOVE, Severity.WARNING, message, span)


def _conditions(transition: Transition) -> Iterator[object]:
    yield from transition.requires
    yield from leaves(transition.when)
    if transition.after_ms:
        yield transition.after_ms
