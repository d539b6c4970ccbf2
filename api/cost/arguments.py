"""What the arguments of a field and the conditions on it say about its cost."""

from collections.abc import Callable, Mapping

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    GraphQLField,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
)
from graphql.utilities import value_from_ast_untyped

from api.cost.formula import Formula, Variables, total
from api.cost.weights import LONGEST_PAGE

_SLICING = ("first", "last")

Read = Callable[[Variables], object]


class Arguments:
    """Read values that are written out, or that variables and their defaults give."""

    def __init__(self, operation: OperationDefinitionNode) -> None:
        self._defaults: Mapping[str, object] = {
            each.variable.name.value: value_from_ast_untyped(each.default_value)
            for each in operation.variable_definitions or ()
            if each.default_value is not None
        }

    def is_sliced(self, field: GraphQLField) -> bool:
        """Whether the client says how much it takes of the field."""
        return "first" in field.args

    def length(self, field: GraphQLField, node: FieldNode) -> Formula:
        """How many items a client asks for; what will be refused counts as the longest page."""
        asked = [each for each in node.arguments or () if each.name.value in _SLICING]
        default = field.args["first"].default_value
        otherwise = default if isinstance(default, int) else LONGEST_PAGE
        reads = [self._read(each.value) for each in asked]
        if not any(isinstance(each.value, VariableNode) for each in asked):
            return _longest([read({}) for read in reads], otherwise)
        return lambda variables: _longest([read(variables) for read in reads], otherwise)

    def objects(self, node: FieldNode) -> Formula:
        """How many objects stand in lists of the arguments: the rows of a batch."""
        return total([self._objects(each.value) for each in node.arguments or ()])

    def holds(self, directives: tuple[DirectiveNode, ...]) -> bool | Callable[[Variables], bool]:
        """Whether `@skip` and `@include` let a selection through."""
        wanted = [
            (each.name.value == "include", argument.value)
            for each in directives
            if each.name.value in {"skip", "include"}
            for argument in each.arguments or ()
        ]
        if any(isinstance(value, BooleanValueNode) and value.value is not wants for wants, value in wanted):
            return False
        reads = [(wants, self._read(value)) for wants, value in wanted if isinstance(value, VariableNode)]
        if not reads:
            return True
        return lambda variables: all(bool(read(variables)) is wants for wants, read in reads)

    def _read(self, value: ValueNode) -> Read:
        if not isinstance(value, VariableNode):
            fixed = value_from_ast_untyped(value)
            return lambda _: fixed
        name = value.name.value
        default = self._defaults.get(name)
        return lambda variables: variables.get(name, default)

    def _objects(self, value: ValueNode) -> Formula:
        match value:
            case VariableNode():
                read = self._read(value)
                return lambda variables: _objects_in(read(variables))
            case ListValueNode():
                rows = sum(isinstance(each, ObjectValueNode) for each in value.values)
                return total([rows, *(self._objects(each) for each in value.values)])
            case ObjectValueNode():
                return total([self._objects(each.value) for each in value.fields])
        return 0


def _longest(given: list[object], otherwise: int) -> int:
    """The longest of the lengths that were given."""
    numbers = [each for each in given if isinstance(each, int | float)]
    if not numbers:
        return otherwise
    return max(int(each) if 0 <= each <= LONGEST_PAGE else LONGEST_PAGE for each in numbers)


def _objects_in(value: object) -> int:
    if isinstance(value, list):
        return sum(isinstance(each, dict) for each in value) + sum(map(_objects_in, value))
    return sum(map(_objects_in, value.values())) if isinstance(value, dict) else 0
