"""Documents that reach every field of the schema, made from the schema itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)

Arguments = Mapping[str, str]
"""What fields are given, by their coordinate: `{"Query.account": '(key: "ACME")'}`."""


@dataclass(frozen=True)
class Step:
    """A field on the way, and the type that it is selected on."""

    parent: str
    field: str
    definition: GraphQLField

    @property
    def coordinate(self) -> str:
        return f"{self.parent}.{self.field}"


@dataclass(frozen=True)
class Walk:
    """A way from the root to a type, and that type."""

    steps: tuple[Step, ...]
    goal: GraphQLObjectType

    def document(self, arguments: Arguments) -> str:
        """Select every leaf of the goal by this way."""
        text = f"... on {self.goal.name} {{ __typename {' '.join(leaves(self.goal, arguments))} }}"
        for step in reversed(self.steps):
            text = f"... on {step.parent} {{ {step.field}{given(step, arguments)} {{ {text} }} }}"
        return f"{{ {text} }}"


def walks(schema: GraphQLSchema) -> Iterator[Walk]:
    """The shortest way over every edge between two types: each field that leads to objects once, and where it leads."""
    assert schema.query_type is not None
    waiting: list[Walk] = [Walk((), schema.query_type)]
    seen = {schema.query_type.name}
    while waiting:
        walk = waiting.pop(0)
        for name, field in walk.goal.fields.items():
            for goal in targets(schema, field):
                onward = Walk((*walk.steps, Step(walk.goal.name, name, field)), goal)
                yield onward
                if goal.name not in seen:
                    seen.add(goal.name)
                    waiting.append(onward)


def targets(schema: GraphQLSchema, field: GraphQLField) -> list[GraphQLObjectType]:
    """The object types that a field may give; none for a leaf."""
    named = get_named_type(field.type)
    if isinstance(named, GraphQLObjectType):
        return [named]
    if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
        return list(schema.get_possible_types(named))
    return []


def leaves(named: GraphQLObjectType, arguments: Arguments) -> Iterator[str]:
    """The leaf fields of a type, under aliases, since two types may disagree on what a name gives."""
    for name, field in named.fields.items():
        if isinstance(get_named_type(field.type), GraphQLScalarType | GraphQLEnumType):
            yield f"{named.name}_{name}: {name}{given(Step(named.name, name, field), arguments)}"


def given(step: Step, arguments: Arguments) -> str:
    """The arguments of a field; a page of a list unless something else is set."""
    if step.coordinate in arguments:
        return arguments[step.coordinate]
    required = [name for name, each in step.definition.args.items() if is_required_argument(each)]
    assert not required, f"{step.coordinate} needs {required}; tell the walk what to give"
    return "(first: 5)" if "first" in step.definition.args else ""
