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


def asked_at(info: Info, *path: str) -> Iterator[str]:
    """The fields that are asked for at a path below the field; of several types alike."""
    raw = info._raw_info
    nodes = [node for node in raw.field_nodes if node.selection_set]
    for step in path:
        nodes = [
            below
            for node in nodes
            if node.selection_set
            for below in _fields(raw, node.selection_set)
            if below.name.value == step
        ]
    return (name for node in nodes if node.selection_set for name in _names(raw, node.selection_set))


def _names(raw: GraphQLResolveInfo[Context], selections: SelectionSetNode) -> Iterator[str]:
    return (node.name.value for node in _fields(raw, selections))


def _fields(raw: GraphQLResolveInfo[Context], selections: SelectionSetNode) -> Iterator[FieldNode]:
    for node in selections.selections:
        match node:
            case FieldNode():
                yield node
            case InlineFragmentNode():
                yield from _fields(raw, node.selection_set)
            case FragmentSpreadNode():
                yield from _fields(raw, raw.fragments[node.name.value].selection_set)
