"""Variables of an operation given their values: at once where their types are plain, else by graphql-core."""

from collections.abc import Callable, Mapping, Sequence

from graphql import (
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    VariableDefinitionNode,
    type_from_ast,
)
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values

_SMALLEST, _LARGEST = -(2**31), 2**31 - 1

NO_VALUES = VariableValues({}, {})


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_flag(value: object) -> bool:
    return type(value) is bool


def _is_number(value: object) -> bool:
    return type(value) is int and _SMALLEST <= value <= _LARGEST


_STAYS: Mapping[str, Callable[[object], bool]] = {
    "ID": _is_text,
    "String": _is_text,
    "Boolean": _is_flag,
    "Int": _is_number,
}
"""When a value of a scalar is its own coerced value."""


class Inputs:
    """Give the variables of one operation their values."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema, self._definitions = schema, definitions
        checks = {each.variable.name.value: _check(schema, each) for each in definitions}
        self.plain = frozenset(name for name, check in checks.items() if check is not None)
        """The variables that stay as they are sent."""
        self._checks = tuple((name, check) for name, check in checks.items() if check is not None)
        self._known: VariableValues | None = None

    def values(self, variables: dict[str, object]) -> VariableValues | None:
        """The variables as the schema has them, None where one has an error."""
        if not self._definitions:
            return NO_VALUES
        known = self._known
        if known is not None and all(name in variables and check(variables[name]) for name, check in self._checks):
            sources = {
                name: VariableValueSource(known.sources[name].signature, variables[name]) for name, _ in self._checks
            }
            return VariableValues(sources, {name: variables[name] for name, _ in self._checks})
        found = get_variable_values(self._schema, self._definitions, variables)
        if not isinstance(found, VariableValues):
            return None
        if len(self._checks) == len(self._definitions) and len(found.sources) == len(self._checks):
            self._known = found
        return found


def _check(schema: GraphQLSchema, definition: VariableDefinitionNode) -> Callable[[object], bool] | None:
    type_ = type_from_ast(schema, definition.type)
    if not isinstance(type_, GraphQLNonNull) or not isinstance(type_.of_type, GraphQLScalarType):
        return None
    return _STAYS.get(type_.of_type.name)
