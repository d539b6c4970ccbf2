"""Exits of one stage that compete for the same trigger."""

from collections.abc import Iterator
from itertools import combinations

from lifecycle_fsm.definition.checks.conditions import asked_of, limits_by_stage, lost_stages, path_of, shown
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.engine.machine import Transition
from lifecycle_fsm.guards.boxes.answers import NotDecided, Satisfiable
from lifecycle_fsm.guards.boxes.limits import Limits
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.boxes.questions import Asked, is_possible, together


def overlapping_exits(draft: Draft) -> Iterator[Diagnostic]:
    """Two exits with one trigger and one priority whose conditions can both be true."""
    by_stage = limits_by_stage(draft.machine)
    for stage, exits in draft.machine.exits.items():
        limits = by_stage[stage]
        for first, second in combinations(exits, 2):
            trigger = next((each for each in first.triggers if each in second.triggers), None)
            if trigger is None or first.priority != second.priority or first.guard(trigger) == second.guard(trigger):
                continue
            both = (*asked_of(first, trigger), *asked_of(second, trigger))
            if is_possible(both, limits) is False:
                continue
            answer = together(both, limits)
            if isinstance(answer, Satisfiable):
                yield _overlap(draft, first, second, trigger, answer)
            elif isinstance(answer, NotDecided):
                yield _undecided(draft, first, second, answer)


def _overlap(draft: Draft, first: Transition, second: Transition, trigger: str, answer: Satisfiable) -> Diagnostic:
    message = (
        f"{first.key!r} and {second.key!r} can both be true for one account, and nothing says which one "
        f"{trigger!r} takes; give one of them a higher `priority`"
    )
    other = (Related("the other", draft.positions.span(f"{path_of(first)}.key")),)
    span = draft.positions.span(f"{path_of(second)}.key")
    return Diagnostic(
        Code.OVERLAPPING_EXITS,
        Severity.ERROR,
        message,
        span,
        other,
        example=shown(answer.example, draft.machine),
    )


def _undecided(draft: Draft, first: Transition, second: Transition, answer: NotDecided) -> Diagnostic:
    message = (
        f"whether {first.key!r} and {second.key!r} can both be true was not decided {answer.why}; "
        "give one of them a higher `priority`"
    )
    span = draft.positions.span(f"{path_of(second)}.key")
    return Diagnostic(Code.NOT_DECIDED, Severity.NOTE, message, span)


def shadowed_exits(draft: Draft) -> Iterator[Diagnostic]:
    """Exits that one of higher priority always takes the account away from."""
    limits = limits_by_stage(draft.machine)
    for stage, exits in draft.machine.exits.items():
        for transition in exits:
            higher = [each for each in exits if each.priority > transition.priority]
            yield from _shadow(draft, transition, higher, limits[stage])


def _shadow(draft: Draft, transition: Transition, higher: list[Transition], limits: Limits) -> Iterator[Diagnostic]:
    """Report the exit where each of its triggers is shadowed; one that is never true is reported as that."""
    shadows: list[Transition] = []
    for trigger in transition.triggers:
        rivals = [each for each in higher if trigger in each.triggers]
        found = _takers(transition, rivals, trigger, limits)
        if not found:
            return
        shadows.extend(found)
    if shadows:
        message = f"{transition.key!r} is never taken: whenever it is true, an exit of higher priority is true as well"
        others = tuple(
            Related("is taken instead", draft.positions.span(f"{path_of(each)}.key")) for each in dict.fromkeys(shadows)
        )
        span = draft.positions.span(f"{path_of(transition)}.key")
        lost = tuple(lost_stages(draft, transition))
        yield Diagnostic(Code.SHADOWED_EXIT, Severity.ERROR, message, span, (*others, *lost))


def _takers(transition: Transition, rivals: list[Transition], trigger: str, limits: Limits) -> list[Transition]:
    """The rivals that leave nothing to the transition; none when something is left, or nothing was there."""
    own = asked_of(transition, trigger)
    against = [Asked(each.guard(trigger), Want.NOT_TRUE) for each in rivals]
    if not rivals or is_possible((*own, *against), limits) is not False or not is_possible(own, limits):
        return []
    alone = [
        rival for rival, refused in zip(rivals, against, strict=True) if is_possible((*own, refused), limits) is False
    ]
    return alone[:1] or rivals
