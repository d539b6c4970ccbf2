"""What a client asks for below a field, so that nothing is counted in vain."""

from collections.abc import Iterator

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, InlineFragmentNode, SelectionSetNode

from api.context import Context, Info


def asks_for(info: Info, field: str) -> bool:
    """Whether the field's selection names `field` directly, also by way of fragments."""
    raw = info._raw_info
    return any(
        name == field for node in raw.field_nodes if node.selection_set for name in _names(raw, node.selection_set)
    )


def _names(raw: GraphQLResolveInfo[Context], selections: SelectionSetNode) -> Iterator[str]:
    for node in selections.selections:
        match node:
            case FieldNode():
                yield node.name.value
            case InlineFragmentNode():
                yield from _names(raw, node.selection_set)
            case FragmentSpreadNode():
                yield from _names(raw, raw.fragments[node.name.value].selection_set)
