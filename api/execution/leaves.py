"""Scalars and enums as expressions: the usual value is taken as it is, others go to graphql-core's own functions."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import cast

from graphql import GraphQLEnumType, GraphQLScalarType
from strawberry.schema.schema_converter import CustomGraphQLEnumType

from api.execution.reasons import Surprise
from api.execution.source import Source

_SMALLEST, _LARGEST = -(2**31), 2**31 - 1

_FAST: Mapping[str, str] = {
    "String": "{v}.__class__ is str",
    "ID": "{v}.__class__ is str",
    "Boolean": "{v}.__class__ is bool",
    "Float": "{v}.__class__ is float and {v} - {v} == 0.0",
    "Int": f"{{v}}.__class__ is int and {_SMALLEST} <= {{v}} <= {_LARGEST}",
}
"""When a value may stay as it is."""

Leaf = GraphQLScalarType | GraphQLEnumType


def leaf_expression(source: Source, type_: Leaf, value: str, *, nullable: bool) -> str:
    """The expression of an expression's value as JSON has it; `value` is read once."""
    other = source.constant(f"other_{type_.name}", _or_none(type_) if nullable else _checked(type_))
    if isinstance(type_, CustomGraphQLEnumType):
        names = source.constant(f"names_{type_.name}", _names(type_))
        held, bind = source.bound(value)
        return f"({names}[{held}] if {bind} in {names} else {other}({held}))"
    if type_.name == "DateTime":
        return f"{other}({value})"
    fast = _FAST.get(type_.name)
    if fast is None:
        return f"{other}({value})"
    held, bind = source.bound(value)
    return f"({held} if {fast.format(v=held).replace(held, bind, 1)} else {other}({held}))"


def _names(type_: CustomGraphQLEnumType) -> dict[object, str]:
    members = cast("Iterable[Enum]", type_.wrapped_cls)
    return {member: type_.coerce_output_value(member) for member in members}


def _checked(type_: Leaf) -> Callable[[object], object]:
    write = _quick_instant(type_) if type_.name == "DateTime" else type_.coerce_output_value

    def written(value: object) -> object:
        if value is None:
            raise Surprise
        found: object = write(value)
        if found is None:
            raise Surprise
        return found

    return written


def _or_none(type_: Leaf) -> Callable[[object], object]:
    written = _checked(type_)

    def given(value: object) -> object:
        return None if value is None else written(value)

    return given


def _quick_instant(type_: Leaf) -> Callable[[object], object]:
    slow = type_.coerce_output_value

    def written(value: object) -> object:
        # orjson writes whole seconds of UTC in the same form, several times as fast.
        if type(value) is datetime and value.tzinfo is UTC and not value.microsecond:
            return value
        return slow(value)

    return written
