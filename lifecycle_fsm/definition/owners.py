"""What a CTA template asks the facts of an account: who owns the CTA, before which date it is due, what it is about."""

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.nodes import ListNode, Node, TableNode
from lifecycle_fsm.definition.tables import Table, read_table
from lifecycle_fsm.definition.values import items_of, read_due, read_name, read_text
from lifecycle_fsm.definition.vocabulary import Vocabulary
from lifecycle_fsm.domain.article import one
from lifecycle_fsm.domain.catalog import FactSpec
from lifecycle_fsm.domain.cta_rules import FromDate, OwnerFromFact, OwnerRule, SubjectRule
from lifecycle_fsm.domain.fields import FieldKind

OWNER_KEYS = ("fact",)
FROM_DATE_KEYS = ("fact", "by")
SUBJECT_KEYS = ("kind", "fact")

_DATES = frozenset({FieldKind.DAY, FieldKind.INSTANT})
_TEXTS = frozenset({FieldKind.TEXT})


def read_owners(node: Node | None, vocabulary: Vocabulary, findings: Findings) -> tuple[OwnerRule, ...]:
    """One owner rule or a list of them, asked in turn; those with mistakes are left out after a report."""
    if node is None:
        return ()
    items = items_of(node, findings) if isinstance(node, ListNode) else (node,)
    rules = (_owner(item, vocabulary, findings) for item in items)
    return tuple(rule for rule in rules if rule is not None)


def _owner(node: Node, vocabulary: Vocabulary, findings: Findings) -> OwnerRule | None:
    if not isinstance(node, TableNode):
        return read_text(node, findings)
    table = read_table(node, findings, "an owner", OWNER_KEYS, OWNER_KEYS)
    fact = None if table is None else _fact(table, vocabulary, _TEXTS, "text")
    return None if fact is None else OwnerFromFact(fact.key)


def read_from_date(key: str, table: Table, vocabulary: Vocabulary) -> FromDate | None:
    """`due_before: {fact: account.renewal_on, by: 30d}`."""
    node, findings = table.get(key), table.findings
    inner = None if node is None else read_table(node, findings, f"`{key}`", FROM_DATE_KEYS, FROM_DATE_KEYS)
    if inner is None:
        return None
    fact, by = _fact(inner, vocabulary, _DATES, "date"), inner.read("by", read_due)
    return None if fact is None or by is None else FromDate(fact.key, by)


def read_subject(node: Node | None, vocabulary: Vocabulary, findings: Findings) -> SubjectRule | None:
    """`{kind: contract, fact: contract.number}`."""
    table = None if node is None else read_table(node, findings, "`subject`", SUBJECT_KEYS, SUBJECT_KEYS)
    if table is None:
        return None
    kind, fact = table.read("kind", read_name), _fact(table, vocabulary, _TEXTS, "text")
    return None if kind is None or fact is None else SubjectRule(kind, fact.key)


def _fact(table: Table, vocabulary: Vocabulary, kinds: frozenset[FieldKind], what: str) -> FactSpec | None:
    node = table.get("fact")
    assert node is not None
    fact = vocabulary.look_up(vocabulary.catalog.facts, Code.UNKNOWN_FACT, node, table.findings)
    if fact is None or fact.kind in kinds:
        return fact
    table.findings.error(
        Code.WRONG_SUBJECT, node.span, f"{one(what)} is due here; the fact {fact.key!r} is {one(fact.kind)}"
    )
    return None
