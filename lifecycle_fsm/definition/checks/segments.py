"""Segments beside each other: who takes an account."""

from collections.abc import Iterator, Sequence

from lifecycle_fsm.definition.checks.conditions import limits_in
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.boxes.questions import Asked, is_possible


def shadowed_segments(drafts: Sequence[Draft]) -> Iterator[Diagnostic]:
    """Segments whose accounts are all taken by segments of a lower rank; equal ranks are reported as that."""
    rules = [(draft, draft.machine.assignment.when) for draft in drafts if draft.machine.assignment.when is not None]
    for draft, when in rules:
        rank, limits = draft.machine.assignment.rank, limits_in(draft.machine)
        before = [(each, rule) for each, rule in rules if each.machine.assignment.rank < rank]
        rest = (Asked(rule, Want.NOT_TRUE) for _, rule in before)
        if before and is_possible((Asked(when), *rest), limits) is False:
            yield _shadowed(draft, [each for each, _ in before])


def _shadowed(draft: Draft, before: list[Draft]) -> Diagnostic:
    names = ", ".join(repr(each.machine.segment) for each in before)
    message = f"this segment takes no account: those that it applies to are taken before it by {names}"
    others = tuple(Related("takes them", each.positions.span("applies_to.when")) for each in before)
    span = draft.positions.span("applies_to.when")
    return Diagnostic(Code.SHADOWED_SEGMENT, Severity.WARNING, message, span, others)
