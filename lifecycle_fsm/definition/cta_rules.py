"""What CTAs do by themselves in a segment: close when a condition holds, open again in time."""

from collections.abc import Iterator

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.guard_text import read_guard
from lifecycle_fsm.definition.nodes import Node
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.tables import Table, named_entries, read_table
from lifecycle_fsm.definition.values import read_duration
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.engine.machine import CtaRule, RecurFrom, Recurrence

KEYS = ("close_when", "outcome", "recur", "stages")
RECUR_KEYS = ("every", "since")


def read_cta_rules(node: Node | None, scope: Scope) -> Iterator[CtaRule]:
    """The rules by their templates, in alphabetical order."""
    for key, body in sorted(named_entries(node, scope.findings, "`ctas`"), key=lambda entry: entry[0].text):
        template = scope.template(key)
        table = read_table(body, scope.findings, "the rule of a CTA", KEYS)
        if table is not None and template is not None:
            yield _rule(template.key, table, scope)


def _rule(template: str, table: Table, scope: Scope) -> CtaRule:
    path = f"ctas.{template}"
    scope.positions.mark(path, table.node)
    for entry in table.node.entries:
        scope.positions.mark(f"{path}.{entry.key.text}", entry.node)
    _refuse_alone(table, "outcome", "close_when")
    _refuse_alone(table, "stages", "recur")
    stages = (scope.stage(item) for item in table.items("stages"))
    close_when = table.get("close_when")
    return CtaRule(
        template=template,
        close_when=None if close_when is None else read_guard(close_when, scope, f"{path}.close_when"),
        outcome=table.word("outcome", CtaOutcome) or CtaOutcome.RECOVERED,
        recur=_recurrence(table, scope),
        stages=tuple(stage for stage in stages if stage is not None),
    )


def _refuse_alone(table: Table, key: str, without: str) -> None:
    node = table.get(key)
    if node is not None and table.get(without) is None:
        table.findings.error(Code.MISSING_KEY, node.span, f"`{key}` goes with `{without}`, which is not written")


def _recurrence(table: Table, scope: Scope) -> Recurrence | None:
    node = table.get("recur")
    written = None if node is None else read_table(node, scope.findings, "`recur`", RECUR_KEYS, required=("every",))
    every, named = None if written is None else written.get("every"), None if written is None else written.get("since")
    if written is None or every is None:
        return None
    span = read_duration(every, scope.findings)
    if span == 0:
        scope.findings.error(Code.OUTSIDE_RANGE, every.span, "a CTA cannot recur at once; write at least 1s")
    since = RecurFrom.CLOSING if named is None else written.word("since", RecurFrom)
    return None if not span or since is None else Recurrence(span, since)
