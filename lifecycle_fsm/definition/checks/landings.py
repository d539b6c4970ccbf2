"""Segments beside each other: where an account goes on that one takes from the other."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity


def stages_that_lead_nowhere(drafts: Sequence[Draft]) -> Iterator[Diagnostic]:
    """
    Stages whose accounts stay although the rule of another segment takes them, since it has no place for them.

    One finding for each pair of segments. Final stages are left out: a lifecycle that has ended goes on nowhere.
    """
    ruled = [draft for draft in drafts if draft.machine.assignment.when is not None]
    for left, taking in permutations(ruled, 2):
        machine = left.machine
        stages = [key for key, stage in machine.stages.items() if not stage.final]
        lost = [key for key in stages if taking.machine.landing(machine.segment, key) is None]
        if lost:
            yield _leads_nowhere(left, taking, lost)


def _leads_nowhere(left: Draft, taking: Draft, stages: Sequence[str]) -> Diagnostic:
    segment, names = left.machine.segment, ", ".join(map(repr, stages))
    message = (
        f"accounts of {segment!r} in {names} stay there when this segment takes them: it has no stage of that key; "
        f"say where they go on, `arrivals: {{{segment}.{stages[0]}: STAGE}}`"
    )
    related = tuple(Related("leads nowhere", left.positions.span(f"stages.{stage}")) for stage in stages)
    span = taking.positions.span("applies_to.when")
    return Diagnostic(Code.LEADS_NOWHERE, Severity.NOTE, message, span, related)
