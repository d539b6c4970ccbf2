"""Names of the catalog that nothing uses."""

from collections.abc import Iterable, Iterator

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.compile import Draft
from lifecycle_fsm.definition.diagnostics import Diagnostic, Severity
from lifecycle_fsm.definition.nodes import Node, TableNode, TextNode
from lifecycle_fsm.domain.catalog import Catalog

_WORDS = {
    "measures": "measure",
    "facts": "fact",
    "milestones": "milestone",
    "reasons": "reason",
    "playbooks": "playbook",
    "templates": "CTA template",
    "plans": "success plan",
    "calendars": "calendar",
    "scorecards": "scorecard",
}


def unused_names(root: Node, catalog: Catalog, drafts: Iterable[Draft]) -> Iterator[Diagnostic]:
    """Entries that no segment refers to; what an unused template alone needs is not reported as well."""
    used = _used(catalog, drafts)
    for section, word in _WORDS.items():
        table = root.get(section) if isinstance(root, TableNode) else None
        for entry in table.entries if isinstance(table, TableNode) else ():
            if entry.key.text not in used[section]:
                message = f"no segment uses the {word} {entry.key.text!r}"
                yield Diagnostic(Code.UNUSED_NAME, Severity.NOTE, message, entry.key.span)


def _used(catalog: Catalog, drafts: Iterable[Draft]) -> dict[str, set[str]]:
    used: dict[str, set[str]] = {section: set() for section in _WORDS}
    used["reasons"] |= {template.reason for template in catalog.templates.values()}
    used["playbooks"] |= {each.playbook for each in catalog.templates.values() if each.playbook is not None}
    for draft in drafts:
        for section in _WORDS:
            used[section] |= set(getattr(draft.machine.catalog, section, ()))
        used["scorecards"] |= _refined(draft)
    return used


def _refined(draft: Draft) -> set[str]:
    """The shared scorecard that a segment refines."""
    scorecard = draft.positions.node("scorecard")
    named = scorecard.get("uses") if isinstance(scorecard, TableNode) else None
    return {named.text} if isinstance(named, TextNode) else set()
