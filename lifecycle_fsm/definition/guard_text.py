"""Conditions of a definition to the condition tree."""

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings, nearest
from lifecycle_fsm.definition.nodes import Entry, Node, TableNode, spoken, start_of
from lifecycle_fsm.definition.operators import read_test
from lifecycle_fsm.definition.scales import OPERATORS
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.subjects import SUBJECTS, Asked
from lifecycle_fsm.definition.tables import Table, read_table, report_unknown_keys
from lifecycle_fsm.definition.values import items_of, read_duration, read_flag, read_whole
from lifecycle_fsm.guards.model import (
    All,
    AnyOf,
    AtLeastOf,
    Guard,
    Held,
    Known,
    Leaf,
    Not,
    Reading,
    Subject,
    SubjectKind,
    Within,
)

JOINS = ("all", "any", "not", "at_least_of")
HEADS = (*JOINS, *SUBJECTS)
INSIDE = frozenset({"stage_age", "came_from"})
"""Subjects without a name, whose operator stands inside: `stage_age: {at_least: 14d}`."""

MODIFIERS = {
    "measure": ("change_over", "for"),
    "fact": ("for",),
    "health": ("for",),
    "milestone": ("since", "reached", "within"),
    "ctas": ("for",),
    "plan": ("for",),
    "plan_progress": ("for",),
}
"""The keys that may stand beside a subject, apart from its operator."""


def read_guard(node: Node, scope: Scope, path: str) -> Guard | None:
    """One condition and everything below it; None after a report."""
    scope.positions.mark(path, node)
    if not isinstance(node, TableNode):
        message = f"a condition is a table such as {{measure: {{…}}, at_least: 60}}, not {spoken(node)}"
        scope.findings.error(Code.WRONG_TYPE, node.span, message)
        return None
    head = _head(node, scope.findings)
    if head is None:
        return None
    if head.key.text not in JOINS:
        return _leaf(node, head, scope)
    report_unknown_keys(node, scope.findings, f"`{head.key.text}`", (head.key.text,))
    return _join(head, scope, f"{path}.{head.key.text}")


def _head(table: TableNode, findings: Findings) -> Entry | None:
    heads = [entry for entry in table.entries if entry.key.text in HEADS]
    if len(heads) == 1:
        return heads[0]
    if heads:
        message = f"a condition is about one thing; here stand {heads[0].key.text!r} and {heads[1].key.text!r}"
        findings.error(Code.SEVERAL_SUBJECTS, heads[1].key.span, f"{message}; join two conditions with `all` or `any`")
        return None
    message = f"a condition starts with one of: {', '.join(HEADS)}"
    others = [entry.key.text for entry in table.entries if entry.key.text not in OPERATORS]
    suggestion = next((near for near in (nearest(key, HEADS) for key in others) if near is not None), None)
    findings.error(Code.NO_SUBJECT, start_of(table), message, suggestion=suggestion)
    return None


def _join(head: Entry, scope: Scope, path: str) -> Guard | None:
    word = head.key.text
    if word == "not":
        part = read_guard(head.node, scope, path)
        return None if part is None else Not(part)
    if word == "at_least_of":
        return _at_least_of(head.node, scope, path)
    parts = _parts(head.node, scope, path)
    if parts is None:
        return None
    return All(parts) if word == "all" else AnyOf(parts)


def _parts(node: Node, scope: Scope, path: str) -> tuple[Guard, ...] | None:
    items = items_of(node, scope.findings)
    parts = [read_guard(item, scope, f"{path}.{index}") for index, item in enumerate(items)]
    whole = tuple(part for part in parts if part is not None)
    return whole if items and len(whole) == len(items) else None


def _at_least_of(node: Node, scope: Scope, path: str) -> AtLeastOf | None:
    table = read_table(node, scope.findings, "`at_least_of`", ("n", "of"), required=("n", "of"))
    if table is None:
        return None
    count, listed = table.read("n", read_whole), table.get("of")
    assert listed is not None
    parts = _parts(listed, scope, path)
    if count is None or parts is None:
        return None
    if not 1 <= count <= len(parts):
        message = f"`n` is at least 1 and at most the number of conditions, {len(parts)}"
        scope.findings.error(Code.OUTSIDE_RANGE, _place(table, "n").span, message)
        return None
    return AtLeastOf(count, parts)


def _place(table: Table, key: str) -> Node:
    node = table.get(key)
    assert node is not None
    return node


def _leaf(node: TableNode, head: Entry, scope: Scope) -> Guard | None:
    word = head.key.text
    inside = word in INSIDE
    operators = () if inside or word == "milestone" else OPERATORS
    keys = (word, *MODIFIERS.get(word, ()), *operators)
    report_unknown_keys(node, scope.findings, f"a condition on `{word}`", keys)
    tested = _inner(head, scope) if inside else node
    asked = SUBJECTS[word](Table(node, scope.findings), head.node, scope) if tested is not None else None
    if asked is None or tested is None:
        return None
    leaf = _tested(tested, asked, scope.findings)
    return None if leaf is None else _held(node, leaf, scope.findings)


def _inner(head: Entry, scope: Scope) -> TableNode | None:
    table = read_table(head.node, scope.findings, f"`{head.key.text}`", OPERATORS)
    return None if table is None else table.node


def _tested(table: TableNode, asked: Asked, findings: Findings) -> Leaf | None:
    if asked.subject.kind is SubjectKind.MILESTONE:
        return _milestone(table, asked.subject, findings)
    test = read_test(table, asked.scale, findings)
    return None if test is None else Leaf(asked.subject, test)


def _milestone(table: TableNode, subject: Subject, findings: Findings) -> Leaf | None:
    reached, within = table.get("reached"), table.get("within")
    if within is None:
        flag = True if reached is None else read_flag(reached, findings)
        return None if flag is None else Leaf(subject, Known(flag))
    if reached is not None:
        second = [entry.key for entry in table.entries if entry.key.text in {"reached", "within"}][1]
        message = "`within` says already that the milestone is reached; delete one of the two"
        findings.error(Code.SEVERAL_OPERATORS, second.span, message)
        return None
    span = read_duration(within, findings)
    return None if span is None else Leaf(_elapsed(subject), Within(high=span), absent_is_false=True)


def _elapsed(milestone: Subject) -> Subject:
    title = f"time since {milestone.title}"
    return Subject(milestone.kind, milestone.field, Reading.ELAPSED, title, "d", milestone.written)


def _held(table: TableNode, leaf: Leaf, findings: Findings) -> Guard | None:
    node = table.get("for")
    if node is None:
        return leaf
    span = read_duration(node, findings)
    return None if span is None else Held(leaf, span)
