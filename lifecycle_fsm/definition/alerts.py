"""Alerts: conditions that open a CTA without moving the account, from a definition."""

from collections.abc import Iterator

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.effects import read_openings
from lifecycle_fsm.definition.guard_text import read_guard
from lifecycle_fsm.definition.nodes import Node, start_of
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.stages import title_of
from lifecycle_fsm.definition.tables import Table, named_entries, read_table
from lifecycle_fsm.definition.values import read_duration, read_flag
from lifecycle_fsm.domain.cta import Priority
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.engine.machine import Alert, AlertLevel
from lifecycle_fsm.guards.model import ALWAYS, Guard, Held, Leaf

KEYS = ("title", "stages", "severity", "when", "for", "clear_when", "cool_down", "levels", "open_cta", "closes")
LEVEL_KEYS = ("severity", "when", "after", "priority")


def read_alerts(node: Node | None, scope: Scope) -> Iterator[Alert]:
    """The alerts in the order of the text."""
    for key, body in named_entries(node, scope.findings, "`alerts`"):
        table = read_table(body, scope.findings, "an alert", KEYS, required=("when", "open_cta"))
        if table is not None:
            yield _alert(key.text, table, scope)


def _alert(key: str, table: Table, scope: Scope) -> Alert:
    path = f"alerts.{key}"
    scope.positions.mark(path, table.node)
    for entry in table.node.entries:
        scope.positions.mark(f"{path}.{entry.key.text}", entry.node)
    stages = (scope.stage(item) for item in table.items("stages"))
    severity = table.word("severity", AlertSeverity) or AlertSeverity.MEDIUM
    return Alert(
        key=key,
        title=table.text("title") or title_of(key),
        stages=tuple(stage for stage in stages if stage is not None),
        when=_held_for(table, _guard(table, "when", scope, path) or ALWAYS),
        clear_when=_guard(table, "clear_when", scope, path),
        cool_down_ms=table.read("cool_down", read_duration) or 0,
        effects=read_openings(table.get("open_cta"), scope),
        closes=table.read("closes", read_flag) is not False,
        severity=severity,
        levels=tuple(_levels(table, severity, scope, path)),
    )


def _levels(table: Table, base: AlertSeverity, scope: Scope, path: str) -> Iterator[AlertLevel]:
    """The levels in the order of the text; one that is no graver than what stands before it is left out."""
    grave = base
    for item in table.items("levels"):
        written = read_table(item, scope.findings, "a level", LEVEL_KEYS, required=("severity",))
        said = None if written is None else written.get("severity")
        severity = None if written is None else written.word("severity", AlertSeverity)
        if written is None or said is None or severity is None:
            continue
        if severity.rank <= grave.rank:
            message = f"{severity.value!r} is not graver than {grave.value!r} before it; levels rise"
            scope.findings.error(Code.LEVEL_ORDER, said.span, message)
            continue
        grave = severity
        yield _level(written, severity, scope, f"{path}.levels.{severity.value}")


def _level(table: Table, severity: AlertSeverity, scope: Scope, path: str) -> AlertLevel:
    scope.positions.mark(path, table.node)
    for entry in table.node.entries:
        scope.positions.mark(f"{path}.{entry.key.text}", entry.node)
    when, after = table.get("when"), table.get("after")
    if when is None and after is None:
        message = "a level needs `when` or `after`: a condition, or how long the episode has gone on"
        scope.findings.error(Code.MISSING_KEY, start_of(table.node), message)
    after_ms = None if after is None else read_duration(after, scope.findings)
    if after is not None and after_ms == 0:
        message = "the level would begin with the episode; write at least 1s, or give the alert its severity"
        scope.findings.error(Code.OUTSIDE_RANGE, after.span, message)
    return AlertLevel(
        severity=severity,
        priority=table.word("priority", Priority) or severity.priority,
        when=_guard(table, "when", scope, path),
        after_ms=after_ms or 0,
    )


def _guard(table: Table, key: str, scope: Scope, path: str) -> Guard | None:
    node = table.get(key)
    return None if node is None else read_guard(node, scope, f"{path}.{key}")


def _held_for(table: Table, when: Guard) -> Guard:
    """`for` beside `when` is short for `for` inside its only condition."""
    node = table.get("for")
    if node is None or when is ALWAYS:
        return when
    span = read_duration(node, table.findings)
    if isinstance(when, Leaf) and span is not None:
        return Held(when, span)
    if not isinstance(when, Leaf):
        message = "`for` beside `when` needs a single condition; write `for` inside each condition of a group"
        table.findings.error(Code.WRONG_SUBJECT, node.span, message)
    return when
