"""The severity of alerts decided again from what was recorded."""

from collections.abc import Mapping

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.alerting import CLEARED_CTAS
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.severity import EPISODE_OPENED_AT, SEVERITY_BEFORE, level_reached
from lifecycle_fsm.services.audit.automatic import EFFECTS_DIFFER
from lifecycle_fsm.services.notes import closed_in, severity_noted
from lifecycle_fsm.store.audit_rows import LogRow


def opening_again(machine: Machine, row: LogRow, values: tuple[Value, ...]) -> str | None:
    """What is wrong with the severity that an alert opened with, None where its inputs give the same."""
    level = level_reached(machine, str(row.subject), values, row.effective_at, row.effective_at)
    base = next(alert.severity for alert in machine.alerts if alert.key == row.subject)
    found, noted = base if level is None else level.severity, severity_noted(row.effects)
    return None if found is noted else f"the alert opened as {noted.value}, but its inputs make it {found.value}"


def rise_again(machine: Machine, row: LogRow, values: tuple[Value, ...], inputs: Mapping[str, Value]) -> str | None:
    """What is wrong with a rise of an alert, None where its inputs lead to the same severity."""
    if not any(alert.key == row.subject for alert in machine.alerts):
        return f"its rules have no alert {row.subject!r}"
    opened_at, before = inputs.get(EPISODE_OPENED_AT), inputs.get(SEVERITY_BEFORE)
    if not isinstance(opened_at, int) or before not in tuple(AlertSeverity):
        return "its inputs do not say what it rose from, and since when it was on"
    level = level_reached(machine, str(row.subject), values, opened_at, row.effective_at)
    noted = severity_noted(row.effects)
    if level is None or level.severity.rank <= AlertSeverity(before).rank:
        return f"the alert rose to {noted.value}, but its inputs do not allow it"
    if level.severity is not noted:
        return f"the alert rose to {noted.value}, but its inputs make it {level.severity.value}"
    return None


def cleared_again(row: LogRow, inputs: Mapping[str, Value]) -> str | None:
    """What is wrong with the CTAs that an alert closed when it was over, None where they are those that were open."""
    return None if ",".join(closed_in(row.effects)) == inputs.get(CLEARED_CTAS) else EFFECTS_DIFFER
