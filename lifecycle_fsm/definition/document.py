"""Plain tables, lists and texts, and the nodes that stand for them."""

from collections.abc import Mapping

from lifecycle_fsm.definition.nodes import Entry, ListNode, Node, Span, TableNode, TextNode

Document = str | list["Document"] | dict[str, "Document"]
"""What every definition is made of once places and comments are forgotten."""

_NOWHERE = Span("document", 1, 1, 1, 1)


def node_of(value: object) -> Node:
    """The nodes of a document; they have no place. Anything but tables, lists and texts reads as nothing."""
    match value:
        case str():
            return TextNode(value, _NOWHERE)
        case list():
            return ListNode(tuple(node_of(item) for item in value), _NOWHERE)
        case Mapping():
            entries = (Entry(TextNode(str(key), _NOWHERE), node_of(item)) for key, item in value.items())
            return TableNode(tuple(entries), _NOWHERE)
        case _:
            return TextNode("", _NOWHERE)


def without_empty(table: Mapping[str, Document], keep: tuple[str, ...] = ()) -> dict[str, Document]:
    """The table without keys that say nothing."""
    return {key: value for key, value in table.items() if value or key in keep}
