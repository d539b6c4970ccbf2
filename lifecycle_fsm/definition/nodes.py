"""The tree that a definition's text is read into: texts, lists and tables, each with its place."""

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a file; lines and columns count from 1, the end is the column after the last character."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class TextNode:
    """One scalar, always as text, quoted or not."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence of nodes."""

    items: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a table with its value."""

    key: TextNode
    node: "Node"


@dataclass(frozen=True, slots=True)
class TableNode:
    """A mapping in the order of the text; its keys differ."""

    entries: tuple[Entry, ...]
    span: Span

    def get(self, key: str) -> "Node | None":
        """The value of a key."""
        return next((entry.node for entry in self.entries if entry.key.text == key), None)


Node = TextNode | ListNode | TableNode


def spoken(node: Node) -> str:
    """What the node is, in words for a message."""
    match node:
        case TextNode(text=""):
            return "nothing"
        case TextNode():
            return f"{node.text!r}"
        case ListNode():
            return "a list"
        case TableNode():
            return "a table of keys"


def start_of(node: TableNode) -> Span:
    """Where to point for something that a table lacks: its first key, or its braces when it is empty."""
    return node.entries[0].key.span if node.entries else node.span
