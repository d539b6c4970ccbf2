"""Selections of one operation: which of them count for an object of a type."""

from collections.abc import Callable

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from api.cost.arguments import Arguments
from api.cost.formula import Variables


class Selections:
    """Look into the fragments of an operation, and at the conditions on its parts."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        found = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
        self._schema = schema
        self._fragments = {each.name.value: each for each in found}
        self.arguments = Arguments(operation)

    def holds(self, node: SelectionNode) -> bool | Callable[[Variables], bool]:
        """Whether `@skip` and `@include` let a part through."""
        return self.arguments.holds(tuple(node.directives or ()))

    def within(self, node: SelectionNode, type_: GraphQLObjectType) -> SelectionSetNode | None:
        """What a fragment asks of an object of the type; None where it is for others."""
        written = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        assert isinstance(written, FragmentDefinitionNode | InlineFragmentNode)
        condition = written.type_condition
        if condition is not None and not self._applies(condition.name.value, type_):
            return None
        return written.selection_set

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        named = self._schema.type_map[condition]
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            return self._schema.is_sub_type(named, type_)
        return named is type_
