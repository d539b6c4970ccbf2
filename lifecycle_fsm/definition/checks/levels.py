"""Levels of alerts that no episode can reach."""

from collections.abc import Iterator

from lifecycle_fsm.definition.checks.conditions import limits_in
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Related, Severity
from lifecycle_fsm.engine.alerting import over
from lifecycle_fsm.engine.machine import Alert, AlertLevel
from lifecycle_fsm.guards.boxes.limits import Limits
from lifecycle_fsm.guards.boxes.literals import Want
from lifecycle_fsm.guards.boxes.questions import Asked, implies, is_possible


def levels_never_reached(draft: Draft) -> Iterator[Diagnostic]:
    """Levels that hold only where the alert is over, or only where a graver one holds as well."""
    limits = limits_in(draft.machine)
    for alert in draft.machine.alerts:
        if not is_possible((Asked(alert.when),), limits):
            continue
        for index, level in enumerate(alert.levels):
            yield from _unreached(draft, alert, level, alert.levels[index + 1 :], limits)


def _unreached(
    draft: Draft, alert: Alert, level: AlertLevel, graver: tuple[AlertLevel, ...], limits: Limits
) -> Iterator[Diagnostic]:
    path = f"alerts.{alert.key}.levels"
    span = draft.positions.span(f"{path}.{level.severity.value}")
    if level.when is not None and _is_over(alert, level, limits):
        message = f"no episode becomes {level.severity.value!r}: this is true only where {alert.key!r} is over"
        others = (Related("the alert is here", draft.positions.span(f"alerts.{alert.key}")),)
        yield Diagnostic(Code.NEVER_REACHED, Severity.ERROR, message, span, others)
        return
    hides = next((each for each in graver if _hides(each, level, limits)), None)
    if hides is not None:
        message = f"no episode becomes {level.severity.value!r}: it is {hides.severity.value!r} at once"
        others = (Related("this holds as early", draft.positions.span(f"{path}.{hides.severity.value}")),)
        yield Diagnostic(Code.NEVER_REACHED, Severity.ERROR, message, span, others)


def _is_over(alert: Alert, level: AlertLevel, limits: Limits) -> bool:
    assert level.when is not None
    return is_possible((Asked(level.when), Asked(over(alert), Want.NOT_TRUE)), limits) is False


def _hides(graver: AlertLevel, level: AlertLevel, limits: Limits) -> bool:
    if graver.after_ms > level.after_ms:
        return False
    if graver.when is None:
        return True
    return level.when is not None and implies(level.when, graver.when, limits) is True
