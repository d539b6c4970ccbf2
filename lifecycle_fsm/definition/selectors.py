"""Tables that choose CTAs, in guards and in effects."""

from collections.abc import Callable
from enum import StrEnum

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.document import Document
from lifecycle_fsm.definition.nodes import Node
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.tables import Table, read_table
from lifecycle_fsm.definition.values import read_flag
from lifecycle_fsm.domain.cta import CtaOutcome, CtaSelector, CtaType

GUARD_KEYS = ("type", "reason", "template", "status", "outcome", "since", "flagged")
STAGE_ENTRY = "stage_entry"


class SelectedStatus(StrEnum):
    """Whether a guard counts CTAs that still ask for work, or those that are done."""

    OPEN = "open"
    CLOSED = "closed"


class Since(StrEnum):
    """From when on something counts."""

    STAGE_ENTRY = STAGE_ENTRY


def read_selector(node: Node, scope: Scope) -> CtaSelector | None:
    """The selector of a guard; None after a report."""
    table = read_table(node, scope.findings, "a choice of CTAs", GUARD_KEYS)
    if table is None:
        return None
    status, outcome = table.word("status", SelectedStatus), table.word("outcome", CtaOutcome)
    _refuse_outcome_of_open(table, status, outcome)
    return CtaSelector(
        type=table.word("type", CtaType),
        reason=_named(table, "reason", scope.reason),
        template=selected_template(table, scope),
        status=status.value if status is not None else None,
        outcome=outcome,
        since_entry=table.word("since", Since) is not None,
        flagged=table.read("flagged", read_flag),
    )


def _refuse_outcome_of_open(table: Table, status: SelectedStatus | None, outcome: CtaOutcome | None) -> None:
    node = table.get("outcome")
    if node is not None and outcome is not None and status is SelectedStatus.OPEN:
        message = "an open CTA has no outcome yet; choose `status: closed`"
        table.findings.error(Code.CONTRADICTING_SELECTOR, node.span, message)


def selected_template(table: Table, scope: Scope) -> str | None:
    """The key of the template that a selector's table names."""
    node = table.get("template")
    template = scope.template(node) if node is not None else None
    return template.key if template is not None else None


def _named(table: Table, key: str, find: Callable[[Node], str | None]) -> str | None:
    node = table.get(key)
    return find(node) if node is not None else None


def read_closing_selector(table: Table, scope: Scope) -> CtaSelector:
    """The selector of `close_ctas`, which always chooses open CTAs."""
    return CtaSelector(
        type=table.word("type", CtaType),
        reason=_named(table, "reason", scope.reason),
        template=selected_template(table, scope),
    )


def describe(selector: CtaSelector) -> str:
    """The selector in words: `open risk CTAs`."""
    flagged = {True: "flagged", False: "unflagged"}.get(selector.flagged) if selector.flagged is not None else None
    words = [flagged, selector.outcome, selector.status, selector.type, selector.template]
    about = f" about {selector.reason}" if selector.reason else ""
    since = " since stage entry" if selector.since_entry else ""
    return " ".join([*(word for word in words if word), "CTAs"]) + about + since


def selector_document(selector: CtaSelector) -> dict[str, Document]:
    """The selector as a table."""
    parts = (part.partition("=") for part in selector.key.split(",") if part)
    return {name: value for name, _, value in parts}
