"""What a transition, a stage or an alert asks to be done, from a definition."""

from collections.abc import Callable, Mapping

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings, nearest
from lifecycle_fsm.definition.nodes import Entry, ListNode, Node, TableNode, spoken, start_of
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.selectors import read_closing_selector
from lifecycle_fsm.definition.tables import read_table, report_unknown_keys
from lifecycle_fsm.definition.values import items_of, read_word
from lifecycle_fsm.domain.cta import CtaOutcome, Priority
from lifecycle_fsm.domain.effects import CloseCtas, Effect, EscalateCta, Notify, OpenCta, OpenPlan, ReachMilestone

CLOSE_KEYS = ("type", "reason", "template", "outcome")


def read_effects(node: Node | None, scope: Scope) -> tuple[Effect, ...]:
    """The effects of a list, in its order; those with mistakes are left out after a report."""
    effects = (_effect(item, scope) for item in (items_of(node, scope.findings) if node is not None else ()))
    return tuple(effect for effect in effects if effect is not None)


def read_openings(node: Node | None, scope: Scope) -> tuple[OpenCta, ...]:
    """The `open_cta` of an alert: one template or a list of them."""
    if node is None:
        return ()
    items = items_of(node, scope.findings) if isinstance(node, ListNode) else (node,)
    openings = (_open(item, None, scope) for item in items)
    return tuple(opening for opening in openings if opening is not None)


def _effect(node: Node, scope: Scope) -> Effect | None:
    if not isinstance(node, TableNode):
        message = f"an effect is a table such as {{open_cta: …}}, not {spoken(node)}"
        scope.findings.error(Code.WRONG_TYPE, node.span, message)
        return None
    head = _head(node, scope.findings)
    if head is None:
        return None
    word = head.key.text
    keys = (word, "priority") if word in {"open_cta", "escalate_cta"} else (word,)
    report_unknown_keys(node, scope.findings, f"`{word}`", keys)
    return _READERS[word](head.node, node.get("priority"), scope)


def _head(table: TableNode, findings: Findings) -> Entry | None:
    heads = [entry for entry in table.entries if entry.key.text in _READERS]
    if len(heads) == 1:
        return heads[0]
    if heads:
        message = "an effect is one deed; write this one as an item of its own"
        findings.error(Code.SEVERAL_EFFECTS, heads[1].key.span, message)
        return None
    suggestion = nearest(table.entries[0].key.text, _READERS) if table.entries else None
    message = f"an effect is one of: {', '.join(_READERS)}"
    findings.error(Code.NO_EFFECT, start_of(table), message, suggestion=suggestion)
    return None


def _open(node: Node, beside: Node | None, scope: Scope) -> OpenCta | None:
    key, priority = _template_and_priority(node, beside, scope)
    return None if key is None else OpenCta(key, priority)


def _escalate(node: Node, beside: Node | None, scope: Scope) -> EscalateCta | None:
    key, priority = _template_and_priority(node, beside, scope)
    return None if key is None else EscalateCta(key, priority or Priority.HIGH)


def _template_and_priority(node: Node, beside: Node | None, scope: Scope) -> tuple[str | None, Priority | None]:
    named: Node | None = node
    if isinstance(node, TableNode):
        table = read_table(node, scope.findings, "an opened CTA", ("template", "priority"), required=("template",))
        if table is None:
            return None, None
        named, beside = table.get("template"), table.get("priority") or beside
    template = scope.template(named) if named is not None else None
    word = read_word(beside, scope.findings, tuple(Priority)) if beside is not None else None
    return template.key if template is not None else None, Priority(word) if word is not None else None


def _close(node: Node, _beside: Node | None, scope: Scope) -> CloseCtas | None:
    table = read_table(node, scope.findings, "`close_ctas`", CLOSE_KEYS, required=("outcome",))
    if table is None:
        return None
    selector, outcome = read_closing_selector(table, scope), table.word("outcome", CtaOutcome)
    return None if outcome is None else CloseCtas(selector, outcome)


def _reach(node: Node, _beside: Node | None, scope: Scope) -> ReachMilestone | None:
    milestone = scope.milestone(node)
    return None if milestone is None else ReachMilestone(milestone.key)


def _notify(node: Node, _beside: Node | None, scope: Scope) -> Notify | None:
    table = read_table(node, scope.findings, "`notify`", ("channel", "message"), required=("channel", "message"))
    if table is None:
        return None
    channel, message = table.text("channel"), table.text("message")
    return None if channel is None or message is None else Notify(channel, message)


def _open_plan(node: Node, _beside: Node | None, scope: Scope) -> OpenPlan | None:
    plan = scope.plan(node)
    return None if plan is None else OpenPlan(plan)


_READERS: Mapping[str, Callable[[Node, Node | None, Scope], Effect | None]] = {
    "open_cta": _open,
    "escalate_cta": _escalate,
    "close_ctas": _close,
    "reach": _reach,
    "notify": _notify,
    "open_plan": _open_plan,
}

EFFECTS = tuple(_READERS)
"""The words that effects begin with."""
