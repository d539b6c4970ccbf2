"""Tables of a definition: keys checked once, values read by key."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings, nearest
from lifecycle_fsm.definition.nodes import Node, TableNode, TextNode, spoken, start_of
from lifecycle_fsm.definition.values import Read, items_of, read_name, read_span, read_text, read_word
from lifecycle_fsm.domain.calendars import Span

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping whose unknown and missing keys have been reported."""

    node: TableNode
    findings: Findings

    def get(self, key: str) -> Node | None:
        """The node of a key, None when it is not written."""
        return self.node.get(key)

    def read(self, key: str, read: Read[T]) -> T | None:
        """The value of a key, None when it is not written or was refused."""
        node = self.get(key)
        return None if node is None else read(node, self.findings)

    def text(self, key: str) -> str | None:
        """The text of a key."""
        return self.read(key, read_text)

    def word(self, key: str, words: type[E]) -> E | None:
        """The member of a closed set that a key names."""
        node = self.get(key)
        word = None if node is None else read_word(node, self.findings, tuple(words))
        return None if word is None else words(word)

    def items(self, key: str) -> tuple[Node, ...]:
        """The items of a key's list, none when it is not written."""
        node = self.get(key)
        return () if node is None else items_of(node, self.findings)


def read_table(
    node: Node, findings: Findings, what: str, keys: tuple[str, ...], required: tuple[str, ...] = ()
) -> Table | None:
    """Check the keys of a table; None when it is none or a required key is missing."""
    table = _as_table(node, findings, what)
    if table is None:
        return None
    meant = report_unknown_keys(table, findings, what, keys)
    missing = [key for key in required if table.get(key) is None]
    if not missing:
        return Table(table, findings)
    if meant.issuperset(missing):
        return None
    listed = " and ".join(f"`{key}`" for key in missing)
    findings.error(Code.MISSING_KEY, start_of(table), f"{what} needs {listed}")
    return None


def _as_table(node: Node, findings: Findings, what: str) -> TableNode | None:
    if isinstance(node, TableNode):
        return node
    code = Code.MISSING_VALUE if isinstance(node, TextNode) and not node.text else Code.WRONG_TYPE
    findings.error(code, node.span, f"{what} is a table of keys, not {spoken(node)}")
    return None


def report_unknown_keys(table: TableNode, findings: Findings, what: str, keys: tuple[str, ...]) -> frozenset[str]:
    """Report each key that the table may not have; the keys that were probably meant are given back."""
    meant = set()
    for entry in table.entries:
        if entry.key.text not in keys:
            suggestion = nearest(entry.key.text, keys)
            meant.add(suggestion)
            message = f"{what} has no key {entry.key.text!r}; it may have: {', '.join(keys)}"
            findings.error(Code.UNKNOWN_KEY, entry.key.span, message, suggestion=suggestion)
    return frozenset(key for key in meant if key is not None)


def span_at(table: Table, key: str) -> Span | None:
    """The length of time of a key, in elapsed time or in business days."""
    node = table.get(key)
    return None if node is None else read_span(node, table.findings)


def named_entries(node: Node | None, findings: Findings, what: str) -> Iterator[tuple[TextNode, Node]]:
    """The entries of a table whose keys are names that the author chose; those that are no names are reported."""
    table = None if node is None else _as_table(node, findings, what)
    for entry in table.entries if table is not None else ():
        if read_name(entry.key, findings) is not None:
            yield entry.key, entry.node
