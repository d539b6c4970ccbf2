"""The cost of an operation as a formula over its variables."""

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
)

from api.cost.formula import Formula, most, only_if, product, total
from api.cost.selections import Selections
from api.cost.weights import LENGTHS, USUAL_LENGTH, weight_of

_PAGED = frozenset({"edges", "nodes"})


def price(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Formula:
    """
    The cost of an operation of a valid document.

    What is written twice counts twice, also under an alias; of the types that an object may
    have, the dearest counts.
    """
    root = schema.get_root_type(operation.operation)
    assert root is not None
    return _Pricing(schema, document, operation).selection(operation.selection_set, root, None)


class _Pricing:
    """Price selections; each of a fragment once for a type, however often it is spread."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._selections = Selections(schema, document, operation)
        self._arguments = self._selections.arguments
        self._known: dict[tuple[int, str, Formula | None], Formula] = {}

    def selection(self, selections: SelectionSetNode, type_: GraphQLObjectType, page: Formula | None) -> Formula:
        """What the selections of an object of the type cost; `page` is the length of its lists where it is one."""
        key = (id(selections), type_.name, page)
        if key not in self._known:
            parts = [self._selected(node, type_, page) for node in selections.selections]
            self._known[key] = total(parts)
        return self._known[key]

    def _selected(self, node: SelectionNode, type_: GraphQLObjectType, page: Formula | None) -> Formula:
        holds = self._selections.holds(node)
        if isinstance(node, FieldNode):
            return only_if(holds, self._field(node, type_, page))
        below = self._selections.within(node, type_)
        return 0 if below is None else only_if(holds, self.selection(below, type_, page))

    def _field(self, node: FieldNode, type_: GraphQLObjectType, page: Formula | None) -> Formula:
        name = node.name.value
        is_root = type_ is self._schema.mutation_type
        weight = weight_of(type_.name, name, is_mutation=is_root)
        if name.startswith("__"):
            return weight
        field = type_.fields[name]
        below = self._below(node, field)
        length = page if page is not None and name in _PAGED else self._length(node, type_, field)
        return total([weight, self._arguments.objects(node), product(length, below)])

    def _length(self, node: FieldNode, type_: GraphQLObjectType, field: GraphQLField) -> Formula:
        """How many objects the field gives, as far as its own list goes."""
        if not _is_list(field):
            return 1
        if self._arguments.is_sliced(field):
            return self._arguments.length(field, node)
        return LENGTHS.get(f"{type_.name}.{node.name.value}", USUAL_LENGTH)

    def _below(self, node: FieldNode, field: GraphQLField) -> Formula:
        """What one object of the field costs, with what is asked of it; 0 for a leaf."""
        named = get_named_type(field.type)
        if is_leaf_type(named) or node.selection_set is None:
            return 0
        page = self._arguments.length(field, node) if _is_page(field, named) else None
        selections = node.selection_set
        return total([1, most([self.selection(selections, each, page) for each in self._possible(named)])])

    def _possible(self, named: GraphQLNamedType) -> Iterator[GraphQLObjectType]:
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            yield from self._schema.get_possible_types(named)
        if isinstance(named, GraphQLObjectType):
            yield named


def _is_list(field: GraphQLField) -> bool:
    type_ = field.type
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def _is_page(field: GraphQLField, named: GraphQLNamedType) -> bool:
    return "first" in field.args and isinstance(named, GraphQLObjectType) and "pageInfo" in named.fields
