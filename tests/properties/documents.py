"""Queries made up over a whole schema: any field that it has, with aliases, fragments, directives and variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import strategies as st

_APART = {"first", "last", "id", "key", "digest", "segment"}
"""Arguments of which a field often wants exactly one."""

Pools = Mapping[str, Sequence[Any]]
"""Values to choose from, by the name of the argument or else of the scalar."""


@dataclass(frozen=True)
class Made:
    text: str
    variables: dict[str, Any]


@dataclass
class _Writer:
    """Write one document; every choice is drawn."""

    draw: Any
    schema: GraphQLSchema
    pools: Pools
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    count: int = 0

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def often(self, out_of: int) -> bool:
        """True once in so many times."""
        return bool(self.draw(st.integers(0, out_of - 1)) == 0)

    def selection(self, type_: GraphQLNamedType, depth: int) -> str:
        if isinstance(type_, GraphQLUnionType):
            return self.abstract(type_, depth, [])
        assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        possible = [name for name, each in type_.fields.items() if depth > 0 or is_leaf_type(get_named_type(each.type))]
        if isinstance(type_, GraphQLInterfaceType):
            return self.abstract(type_, depth, [*possible])
        if not possible:
            return "{ __typename }"
        chosen = self.draw(
            st.lists(st.sampled_from(possible), min_size=1, max_size=2 if type_ is self.schema.query_type else 4)
        )
        parts = [self.wrapped(self.field(name, type_.fields[name], depth), type_) for name in chosen]
        return "{ " + " ".join(parts + ["__typename"] * self.often(6)) + " }"

    def abstract(self, type_: GraphQLUnionType | GraphQLInterfaceType, depth: int, own: list[str]) -> str:
        possible = self.schema.get_possible_types(type_)
        chosen = self.draw(
            st.lists(st.sampled_from(possible), min_size=1, max_size=3, unique_by=lambda each: each.name)
        )
        parts = [f"... on {each.name} {self.selection(each, depth)}" for each in chosen]
        return "{ " + " ".join(["__typename", *own, *parts]) + " }"

    def wrapped(self, text: str, type_: GraphQLNamedType) -> str:
        """A selection as it is, in a fragment, or under a condition."""
        match self.draw(st.integers(0, 11)):
            case 0:
                return f"... on {type_.name} {self.condition()} {{ {text} }}"
            case 1:
                name = self.fresh("F")
                self.fragments.append(f"fragment {name} on {type_.name} {{ {text} }}")
                return f"...{name} {self.condition()}"
            case 2:
                return f"... {self.condition()} {{ {text} __typename }}"
        return text

    def condition(self) -> str:
        if not self.often(2):
            return ""
        word, flag = self.draw(st.sampled_from(["skip", "include"])), self.draw(st.booleans())
        return f"@{word}(if: {self.variable('Boolean!', flag) if self.often(2) else str(flag).lower()})"

    def field(self, name: str, known: GraphQLField, depth: int) -> str:
        arguments = [f"{key}: {self.argument(key, known.args[key])}" for key in self.given_arguments(known)]
        # Two uses of a field with arguments under one key would not be one field.
        alias = f"{self.fresh('a')}: " if known.args or self.often(8) else ""
        given = f"({', '.join(arguments)})" if arguments else ""
        below = get_named_type(known.type)
        rest = "" if is_leaf_type(below) else self.selection(below, depth - 1)
        return f"{alias}{name}{given} {self.condition() if self.often(6) else ''} {rest}"

    def given_arguments(self, known: GraphQLField) -> list[str]:
        """Mostly one that may be left out, for many exclude each other; now and then any of them."""
        needed = [key for key, each in known.args.items() if is_required_argument(each)]
        free = [key for key in known.args if key not in needed]
        if not free or not self.often(10):
            apart = [key for key in free if key in _APART] or free
            return [*needed, *([self.draw(st.sampled_from(apart))] if apart else [])]
        return [*needed, *(key for key in free if not self.often(2))]

    def argument(self, name: str, known: GraphQLArgument) -> str:
        value = self.value(name, known.type)
        return self.variable(str(known.type), value) if self.often(3) else self.literal(known.type, value)

    def variable(self, type_: str, value: Any) -> str:
        name = self.fresh("v")
        self.declared.append(f"${name}: {type_}")
        self.variables[name] = value
        return f"${name}"

    def value(self, name: str, type_: GraphQLInputType) -> Any:
        if not isinstance(type_, GraphQLNonNull) and self.often(25):
            return None
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(inner, GraphQLList):
            return [self.value(name, inner.of_type) for _ in range(self.draw(st.integers(0, 2)))]
        if isinstance(inner, GraphQLInputObjectType):
            return {key: self.value(key, each.type) for key, each in inner.fields.items() if self.given(each)}
        if isinstance(inner, GraphQLEnumType):
            return self.draw(st.sampled_from(sorted(inner.values)))
        return self.draw(st.sampled_from(self.pools.get(name) or self.pools[inner.name]))

    def given(self, known: GraphQLInputField) -> bool:
        return isinstance(known.type, GraphQLNonNull) or self.often(2)

    def literal(self, type_: GraphQLInputType, value: Any) -> str:
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        match value:
            case None:
                return "null"
            case bool():
                return str(value).lower()
            case list():
                assert isinstance(inner, GraphQLList)
                return f"[{', '.join(self.literal(inner.of_type, each) for each in value)}]"
            case dict():
                assert isinstance(inner, GraphQLInputObjectType)
                fields = inner.fields
                return (
                    "{"
                    + ", ".join(f"{key}: {self.literal(fields[key].type, each)}" for key, each in value.items())
                    + "}"
                )
            case str():
                return value if isinstance(inner, GraphQLEnumType) else _quoted(value)
        return str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@st.composite
def queries(draw: Any, schema: GraphQLSchema, pools: Pools, depth: int = 5) -> Made:
    """A query with its variables; now and then one that validation refuses."""
    writer = _Writer(draw, schema, pools)
    root = schema.query_type
    assert root is not None
    body = writer.selection(root, depth)
    declared = f"({', '.join(writer.declared)})" if writer.declared else ""
    return Made("\n".join([f"query Made{declared} {body}", *writer.fragments]), writer.variables)
