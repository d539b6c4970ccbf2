"""What an operation turned out to cost: the same prices, for the objects that came."""

from collections.abc import Iterator, Mapping, Sequence

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
)

from api.cost.formula import Variables, value_of
from api.cost.selections import Selections
from api.cost.weights import weight_of

Data = Mapping[str, object]

_Fields = dict[str, list[FieldNode]]
"""Fields by the keys that the answer has for them."""


def actual(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables,
    data: Data | None,
) -> int:
    """
    What an operation of a valid document cost, by the data that it gave.

    What is written twice under one key ran once and counts once. Of the types that an
    object may have, those count whose fields are its keys; of several, the dearest.
    """
    root = schema.get_root_type(operation.operation)
    assert root is not None
    counting = _Counting(schema, document, operation, variables)
    return 0 if data is None else counting.asked([operation.selection_set], root, data)


class _Counting:
    """Count objects; the fields of a type at one place are collected once."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Variables
    ) -> None:
        self._schema, self._variables = schema, variables
        self._selections = Selections(schema, document, operation)
        self._known: dict[tuple[str, tuple[int, ...]], _Fields] = {}

    def asked(self, selections: Sequence[SelectionSetNode], type_: GraphQLObjectType, data: Data) -> int:
        """What was asked of an object of the type, with all that is below it."""
        fields = self._fields(selections, type_)
        return sum(self._field(nodes, type_, data.get(key)) for key, nodes in fields.items())

    def _field(self, nodes: list[FieldNode], type_: GraphQLObjectType, value: object) -> int:
        name = nodes[0].name.value
        weight = weight_of(type_.name, name, is_mutation=type_ is self._schema.mutation_type)
        if name.startswith("__"):
            return weight
        cost = weight + value_of(self._selections.arguments.objects(nodes[0]), self._variables)
        named = get_named_type(type_.fields[name].type)
        if is_leaf_type(named):
            return cost
        below = [node.selection_set for node in nodes if node.selection_set is not None]
        return cost + sum(1 + self._below(below, named, each) for each in _objects(value))

    def _below(self, selections: Sequence[SelectionSetNode], named: GraphQLNamedType, data: Data) -> int:
        if isinstance(named, GraphQLObjectType):
            return self.asked(selections, named, data)
        assert isinstance(named, GraphQLInterfaceType | GraphQLUnionType)
        possible = [
            each
            for each in self._schema.get_possible_types(named)
            if self._fields(selections, each).keys() == data.keys()
        ]
        return max((self.asked(selections, each, data) for each in possible), default=0)

    def _fields(self, selections: Sequence[SelectionSetNode], type_: GraphQLObjectType) -> _Fields:
        key = (type_.name, tuple(map(id, selections)))
        if key not in self._known:
            found: _Fields = {}
            for selection in selections:
                for node in self._collected(selection, type_):
                    found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            self._known[key] = found
        return self._known[key]

    def _collected(self, selections: SelectionSetNode, type_: GraphQLObjectType) -> Iterator[FieldNode]:
        for node in selections.selections:
            holds = self._selections.holds(node)
            if not (holds if isinstance(holds, bool) else holds(self._variables)):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif (below := self._selections.within(node, type_)) is not None:
                yield from self._collected(below, type_)


def _objects(value: object) -> Iterator[Data]:
    """The objects of a field, however deep its lists are; none where it is null."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _objects(each)
