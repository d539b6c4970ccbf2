"""Conditions that can never be true, and automatic exits whose condition always is."""

from collections.abc import Iterator
from dataclasses import replace

from lifecycle_fsm.definition.checks.conditions import (
    asked_of,
    limits_by_stage,
    limits_in,
    lost_stages,
    path_of,
    related,
    wait_of,
)
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Severity
from lifecycle_fsm.engine.machine import AUTO, Transition
from lifecycle_fsm.guards.boxes.answers import NotDecided, Placed, Unsatisfiable
from lifecycle_fsm.guards.boxes.limits import Limits
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.boxes.questions import Asked, is_possible, together
from lifecycle_fsm.guards.model import leaves


def never_true(draft: Draft) -> Iterator[Diagnostic]:
    """Conditions of transitions, alerts and segments that contradict themselves."""
    machine = draft.machine
    if machine.assignment.when is not None:
        asked = (Asked(machine.assignment.when, path="applies_to.when"),)
        yield from _contradiction(draft, asked, limits_in(machine), "the segment takes no account")
    by_stage = limits_by_stage(machine)
    for transition in machine.transitions:
        yield from _never_taken(draft, transition, by_stage[transition.source])
    for each in machine.achievements:
        asked = (Asked(each.when, path=f"milestones.{each.milestone}.when"),)
        yield from _contradiction(draft, asked, limits_in(machine), f"data never dates {each.milestone!r}")
    for alert in machine.alerts:
        asked = (Asked(alert.when, path=f"alerts.{alert.key}.when"),)
        yield from _contradiction(draft, asked, limits_in(machine), f"the alert {alert.key!r} never opens")
    for rule in machine.cta_rules:
        if rule.close_when is not None:
            asked = (Asked(rule.close_when, path=f"ctas.{rule.template}.close_when"),)
            what = f"the CTA {rule.template!r} is never closed by it"
            yield from _contradiction(draft, asked, limits_in(machine), what)


def _never_taken(draft: Draft, transition: Transition, limits: Limits) -> Iterator[Diagnostic]:
    """The first of the triggers that can never take the transition; those that wait as long are the same question."""
    by_wait = {wait_of(transition, trigger): trigger for trigger in reversed(transition.triggers)}
    for trigger in by_wait.values():
        what = f"{trigger!r} can never take {transition.key!r} out of {transition.source!r}"
        found = list(_contradiction(draft, asked_of(transition, trigger), limits, what))
        yield from (replace(each, related=(*each.related, *lost_stages(draft, transition))) for each in found)
        if found:
            return


def _contradiction(draft: Draft, asked: tuple[Asked, ...], limits: Limits, what: str) -> Iterator[Diagnostic]:
    if is_possible(asked, limits):
        return
    answer = together(asked, limits)
    if isinstance(answer, NotDecided):
        message = f"whether this can be true was not decided {answer.why}; write it more simply"
        yield Diagnostic(Code.NOT_DECIDED, Severity.NOTE, message, draft.positions.span(asked[-1].path))
    if isinstance(answer, Unsatisfiable):
        *others, last = answer.core
        message = f"this is never true{_reason(others, last)}, so {what}"
        conflicts = related(draft, others, "contradicts this")
        span = draft.positions.span(last.path)
        conflicts = tuple(each for each in conflicts if each.span != span)
        yield Diagnostic(Code.NEVER_TRUE, Severity.ERROR, message, span, conflicts)


def _reason(others: list[Placed], last: Placed) -> str:
    if others:
        return " together with " + ("the condition" if len(others) == 1 else "the conditions") + " named below"
    return f", whatever the value of {last.leaf.subject.title!r} is"


def always_true(draft: Draft) -> Iterator[Diagnostic]:
    """Automatic exits whose condition holds for every account, so that the stage is left at once."""
    limits = limits_by_stage(draft.machine)
    for each in draft.machine.transitions:
        if AUTO in each.triggers and not each.after_ms and is_always_true(each, limits[each.source]):
            message = f"this is true for every account, which so leaves {each.source!r} at once"
            span = draft.positions.span(f"{path_of(each)}.when")
            yield Diagnostic(Code.ALWAYS_TRUE, Severity.WARNING, message, span)


def is_always_true(transition: Transition, limits: Limits) -> bool:
    """Whether the transition has conditions, and no account can fail one of them."""
    if not transition.requires and not any(True for _ in leaves(transition.when)):
        return False
    guards = (*transition.requires, transition.when)
    return all(is_possible((Asked(guard, Want.NOT_TRUE),), limits) is False for guard in guards)
