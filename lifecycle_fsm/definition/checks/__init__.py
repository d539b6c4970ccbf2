"""Checks of whole machines; one file for each family, each check a function of a draft."""

from collections.abc import Callable, Iterator

from lifecycle_fsm.definition.checks.exits import same_guards, unguarded_moves
from lifecycle_fsm.definition.checks.graph import dead_ends, final_stages_with_exits, unreachable_stages
from lifecycle_fsm.definition.checks.times import stuck_before_expected, wrong_directions
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic

Check = Callable[[Draft], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    unreachable_stages,
    dead_ends,
    final_stages_with_exits,
    stuck_before_expected,
    same_guards,
    unguarded_moves,
    wrong_directions,
)


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Everything that the checks find in a machine whose names and types are right."""
    for each in CHECKS:
        yield from each(draft)
