"""One query that asks for everything that can be reached from a field of the root."""

from dataclasses import dataclass, field

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

ONE_OF = {"whyNot": {"cta": '"kickoff_call"', "asOf": '"2026-03-02T09:00:00Z"'}}
"""What is asked of fields that want one of several arguments."""


@dataclass(frozen=True)
class Above:
    """The types on the path to a field, and those written out anywhere before it."""

    path: tuple[str, ...] = ()
    seen: list[str] = field(default_factory=list)


def everything_below(schema: GraphQLSchema, root: str, size: int) -> str:
    """Ask a list of the root for so many items with all of their fields, each type once on a path and twice in all."""
    assert schema.query_type is not None
    return f"{{ {_field(schema, root, schema.query_type.fields[root], Above(), size)} }}"


def lists_with_pages(schema: GraphQLSchema) -> list[str]:
    """The fields of the root that have pages."""
    assert schema.query_type is not None
    return [name for name, each in schema.query_type.fields.items() if "first" in each.args]


def _field(schema: GraphQLSchema, name: str, known: GraphQLField, above: Above, size: int) -> str:
    given = {"first": str(size)} if "first" in known.args else dict(ONE_OF.get(name, {}))
    if not given and len([key for key, each in known.args.items() if not is_required_argument(each)]) > 1:
        # Of several arguments that may be left out, such a field wants one, and only people know which.
        return ""
    for key, each in known.args.items():
        if is_required_argument(each):
            kind = get_named_type(each.type)
            if not isinstance(kind, GraphQLEnumType):
                return ""
            given[key] = sorted(kind.values)[0]
    arguments = f"({', '.join(f'{key}: {value}' for key, value in given.items())})" if given else ""
    below = get_named_type(known.type)
    if is_leaf_type(below):
        return f"{name}{arguments}"
    if below.name in above.path:
        return ""
    return f"{name}{arguments} {_selection(schema, below, above, size)}"


def _selection(schema: GraphQLSchema, type_: object, above: Above, size: int) -> str:
    if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
        possible = schema.get_possible_types(type_)
        parts = [f"... on {each.name} {_selection(schema, each, above, size)}" for each in possible]
        return "{ __typename " + " ".join(parts) + " }"
    assert isinstance(type_, GraphQLObjectType)
    if above.seen.count(type_.name) == 2:
        return "{ __typename }"
    above.seen.append(type_.name)
    inside = Above((*above.path, type_.name), above.seen)
    fields = (_field(schema, name, each, inside, size) for name, each in type_.fields.items())
    return "{ __typename " + " ".join(fields) + " }"
