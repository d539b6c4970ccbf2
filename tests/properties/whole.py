"""One query that asks for everything that can be reached from a field of the root."""

from dataclasses import dataclass, field

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

_THEN = '"2026-03-02T09:00:00Z"'

GIVEN = {
    "Account.whyNot": {"cta": '"kickoff_call"', "asOf": _THEN},
    "Account.at": {"asOf": _THEN},
    "Account.healthAt": {"asOf": _THEN},
    "Account.measureHistory": {"since": '"2026-01-01T00:00:00Z"', "measure": '"setup"'},
    "Account.difference": {"since": '"2026-01-01T00:00:00Z"'},
}
"""What fields are given that need arguments, or want some of several."""


@dataclass(frozen=True)
class Above:
    """The types on the path to a field, and those written out anywhere before it."""

    path: tuple[str, ...] = ()
    seen: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    """The fields that are asked for, as in `Account.history`."""


def everything_below(schema: GraphQLSchema, root: str, size: int) -> str:
    """Ask a list of the root for so many items with all of their fields, each type at most twice in all."""
    return f"{{ {_from_root(schema, root, Above(), size)} }}"


def asked_below(schema: GraphQLSchema, root: str) -> set[str]:
    """The fields that such a query asks for, as in `Account.history`."""
    above = Above()
    _from_root(schema, root, above, 1)
    return above.asked


def fields_below(schema: GraphQLSchema, root: str) -> set[str]:
    """All fields that can be reached from one of the root, as in `Account.history`."""
    assert schema.query_type is not None
    found: set[str] = set()
    waiting = [get_named_type(schema.query_type.fields[root].type)]
    known = {each.name for each in waiting}
    while waiting:
        for type_ in _objects(schema, waiting.pop()):
            found |= {f"{type_.name}.{name}" for name in type_.fields}
            for each in (get_named_type(known_field.type) for known_field in type_.fields.values()):
                if each.name not in known:
                    known.add(each.name)
                    waiting.append(each)
    return found


def lists_with_pages(schema: GraphQLSchema) -> list[str]:
    """The fields of the root that have pages."""
    assert schema.query_type is not None
    return [name for name, each in schema.query_type.fields.items() if "first" in each.args]


def _objects(schema: GraphQLSchema, type_: object) -> list[GraphQLObjectType]:
    if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
        return list(schema.get_possible_types(type_))
    return [type_] if isinstance(type_, GraphQLObjectType) else []


def _from_root(schema: GraphQLSchema, root: str, above: Above, size: int) -> str:
    assert schema.query_type is not None
    return _field(schema, f"Query.{root}", schema.query_type.fields[root], above, size)


def _field(schema: GraphQLSchema, coordinate: str, known: GraphQLField, above: Above, size: int) -> str:
    arguments = _arguments(coordinate, known, size)
    below, name = get_named_type(known.type), coordinate.partition(".")[2]
    if above.path.count(below.name) == 2:  # What leads to its own kind is asked for once more.
        return ""
    above.asked.add(coordinate)
    return (
        f"{name}{arguments}" if is_leaf_type(below) else f"{name}{arguments} {_selection(schema, below, above, size)}"
    )


def _arguments(coordinate: str, known: GraphQLField, size: int) -> str:
    """
    What a field is given.

    Raises:
        AssertionError: only people know, and `GIVEN` does not say.
    """
    given = dict(GIVEN.get(coordinate, {}))
    if "first" in known.args:
        given["first"] = str(size)
    free = [key for key, each in known.args.items() if not isinstance(each.type, GraphQLNonNull)]
    assert given or len(free) < 2, f"{coordinate} wants some of {free}; say in GIVEN which"
    for key, each in known.args.items():
        if is_required_argument(each) and key not in given:
            kind = get_named_type(each.type)
            assert isinstance(kind, GraphQLEnumType), f"{coordinate} needs {key!r}; say in GIVEN which"
            given[key] = sorted(kind.values)[0]
    return f"({', '.join(f'{key}: {value}' for key, value in given.items())})" if given else ""


def _selection(schema: GraphQLSchema, type_: object, above: Above, size: int) -> str:
    if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
        possible = _objects(schema, type_)
        parts = [f"... on {each.name} {_selection(schema, each, above, size)}" for each in possible]
        return "{ __typename " + " ".join(parts) + " }"
    assert isinstance(type_, GraphQLObjectType)
    if above.seen.count(type_.name) == 2:
        return "{ __typename }"
    above.seen.append(type_.name)
    inside = Above((*above.path, type_.name), above.seen, above.asked)
    fields = (_field(schema, f"{type_.name}.{name}", each, inside, size) for name, each in type_.fields.items())
    return "{ __typename " + " ".join(fields) + " }"
