"""How large a document may be: judged once for each text, before the rules that cost more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

_COUNTABLE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Bound a document.

    `tokens` counts lexical tokens of the text; `depth`, `fields` and `aliases` count
    with every fragment written out where it is spread; `fragments` counts definitions.
    """

    tokens: int = 2_000
    depth: int = 16
    fields: int = 1_000
    aliases: int = 50
    fragments: int = 100


@dataclass(frozen=True, slots=True)
class Size:
    """How large a selection is, with its fragments written out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0

    def beside(self, other: "Size") -> "Size":
        """The two, one next to the other."""
        return Size(max(self.depth, other.depth), self.fields + other.fields, self.aliases + other.aliases)


def over_limits(document: DocumentNode, limits: Limits) -> list[GraphQLError]:
    """One error for each limit that an operation of the document is over; empty when it keeps to all of them."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    if len(fragments) > limits.fragments:
        return [_over("fragments", len(fragments), limits.fragments)]
    sizes = _Sizes(fragments)
    return [
        error
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
        for error in _compared(sizes.of(node.selection_set), limits)
    ]


def _compared(size: Size, limits: Limits) -> Iterator[GraphQLError]:
    pairs = (
        ("levels", size.depth, limits.depth),
        ("fields", size.fields, limits.fields),
        ("aliases", size.aliases, limits.aliases),
    )
    return (_over(name, found, allowed) for name, found, allowed in pairs if found > allowed)


def _over(name: str, found: int, allowed: int) -> GraphQLError:
    shown = str(found) if found <= _COUNTABLE else "far too many"
    return GraphQLError(
        f"The operation has {shown} {name}; at most {allowed} are allowed. Ask for less, or in several requests.",
        extensions={"code": "limit_exceeded"},
    )


class _Sizes:
    """Measure selections; each fragment is measured once, however often it is spread."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode) -> Size:
        size = Size()
        for node in selections.selections:
            match node:
                case FieldNode():
                    size = size.beside(self._field(node))
                case InlineFragmentNode():
                    size = size.beside(self.of(node.selection_set))
                case FragmentSpreadNode():
                    size = size.beside(self._fragment(node.name.value))
        return size

    def _field(self, node: FieldNode) -> Size:
        below = self.of(node.selection_set) if node.selection_set else Size()
        return Size(below.depth + 1, below.fields + 1, below.aliases + (node.alias is not None))

    def _fragment(self, name: str) -> Size:
        if name not in self._fragments:
            return Size()
        if name not in self._known:
            # A cycle finds itself empty; the rule against cycles refuses the document afterwards.
            self._known[name] = Size()
            self._known[name] = self.of(self._fragments[name].selection_set)
        return self._known[name]
