"""Checks of whole machines; one file for each family, each check a function of a draft."""

from collections.abc import Callable, Iterator

from lifecycle_fsm.definition.checks.alerting import contradicting_alerts
from lifecycle_fsm.definition.checks.closing import never_closed
from lifecycle_fsm.definition.checks.cycles import cta_score_cycles
from lifecycle_fsm.definition.checks.exits import same_guards, unguarded_moves
from lifecycle_fsm.definition.checks.flapping import flapping_cycles
from lifecycle_fsm.definition.checks.graph import dead_ends, final_stages_with_exits, unreachable_stages
from lifecycle_fsm.definition.checks.levels import levels_never_reached
from lifecycle_fsm.definition.checks.rivals import overlapping_exits, shadowed_exits
from lifecycle_fsm.definition.checks.times import stuck_before_expected, wrong_directions
from lifecycle_fsm.definition.checks.traps import unknown_traps
from lifecycle_fsm.definition.checks.truth import always_true, never_true
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
    never_true,
    always_true,
    overlapping_exits,
    shadowed_exits,
    flapping_cycles,
    unknown_traps,
    contradicting_alerts,
    levels_never_reached,
    never_closed,
    cta_score_cycles,
)


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Everything that the checks find in a machine whose names and types are right."""
    for each in CHECKS:
        yield from each(draft)
