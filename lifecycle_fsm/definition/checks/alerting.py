"""Alerts that never clear, or that clear as soon as they open."""

from collections.abc import Iterator

from lifecycle_fsm.definition.checks.conditions import limits_in, shown
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.engine.machine import Alert
from lifecycle_fsm.guards.boxes.answers import Satisfiable
from lifecycle_fsm.guards.boxes.limits import Limits
from lifecycle_fsm.guards.boxes.questions import Asked, is_possible, overlap
from lifecycle_fsm.guards.model import Guard


def contradicting_alerts(draft: Draft) -> Iterator[Diagnostic]:
    """Alerts whose `clear_when` can never be true, or can be true together with `when`."""
    limits = limits_in(draft.machine)
    for alert in draft.machine.alerts:
        if alert.clear_when is not None and is_possible((Asked(alert.when),), limits):
            yield from _clearing(draft, alert, alert.clear_when, limits)


def _clearing(draft: Draft, alert: Alert, clear_when: Guard, limits: Limits) -> Iterator[Diagnostic]:
    span = draft.positions.span(f"alerts.{alert.key}.clear_when")
    opening = draft.positions.span(f"alerts.{alert.key}.when")
    if is_possible((Asked(clear_when),), limits) is False:
        message = f"this is never true, so the alert {alert.key!r} never clears once it is open"
        yield Diagnostic(Code.NEVER_CLEARS, Severity.ERROR, message, span)
        return
    if is_possible((Asked(alert.when), Asked(clear_when)), limits) is False:
        return
    both = overlap(alert.when, clear_when, limits)
    if isinstance(both, Satisfiable):
        message = f"this can be true together with `when`, so the alert {alert.key!r} would open and clear in turn"
        others = (Related("`when` is here", opening),)
        yield Diagnostic(
            Code.CLEARS_AT_ONCE,
            Severity.WARNING,
            message,
            span,
            others,
            example=shown(both.example, draft.machine),
        )
