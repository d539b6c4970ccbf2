"""The schema keeps its promises to released clients, and its house rules."""

import re
from collections.abc import Iterator
from pathlib import Path

from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
)

from api.export import SCHEMA_FILE

RELEASED = SCHEMA_FILE.with_name("released.graphql")
ANNOUNCED = SCHEMA_FILE.with_name("breaking.txt")
SCHEMA = build_schema(SCHEMA_FILE.read_text())
REMOVAL = re.compile(r"To be removed on 20\d\d-\d\d-\d\d\.")


def unannounced(before: GraphQLSchema, after: GraphQLSchema, announced: str) -> set[str]:
    """Breaking changes that nobody has announced."""
    lines = {line for line in announced.splitlines() if line and not line.startswith("#")}
    return {change.description for change in find_breaking_changes(before, after)} - lines


def test_no_change_breaks_released_clients_unannounced() -> None:
    assert unannounced(build_schema(RELEASED.read_text()), SCHEMA, ANNOUNCED.read_text()) == set()


def test_what_is_announced_has_happened() -> None:
    happened = {change.description for change in find_breaking_changes(build_schema(RELEASED.read_text()), SCHEMA)}
    announced = {line for line in ANNOUNCED.read_text().splitlines() if line and not line.startswith("#")}

    assert announced - happened == set()


def test_a_removed_field_is_found_until_it_is_announced() -> None:
    before, after = build_schema("type Query { a: Int b: Int }"), build_schema("type Query { a: Int }")
    (found,) = unannounced(before, after, "# nothing\n")

    assert found == "Field Query.b was removed."
    assert unannounced(before, after, f"{found}\n") == set()


def composites() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    for name, named in SCHEMA.type_map.items():
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            yield named


def test_every_deprecation_says_what_to_use_and_when_it_goes() -> None:
    reasons = {
        f"{named.name}.{name}": field.deprecation_reason
        for named in composites()
        for name, field in named.fields.items()
        if field.deprecation_reason is not None
    }

    assert {name: reason for name, reason in reasons.items() if not REMOVAL.search(reason)} == {}


def test_every_connection_has_the_same_form_and_arguments() -> None:
    connections = [named for named in composites() if named.name.endswith("Connection")]
    fields = [
        (f"{named.name}.{name}", set(field.args))
        for named in composites()
        for name, field in named.fields.items()
        if str(field.type).rstrip("!").endswith("Connection")
    ]

    assert [set(named.fields) for named in connections] == [{"edges", "nodes", "pageInfo", "totalCount"}] * len(
        connections
    )
    assert [name for name, given in fields if not {"first", "after", "last", "before"} <= given] == []
    assert len(fields) >= len(connections) > 0


def test_filters_and_orders_are_inputs_of_one_type_for_one_thing() -> None:
    chosen: dict[str, set[str]] = {}
    for named in composites():
        for field in named.fields.values():
            for name, given in field.args.items():
                if name in {"filter", "order"} and str(field.type).rstrip("!").endswith("Connection"):
                    chosen.setdefault(f"{name} of {field.type}", set()).add(str(given.type))
                    assert isinstance(SCHEMA.type_map[str(given.type).rstrip("!")], GraphQLInputObjectType)

    assert {what: types for what, types in chosen.items() if len(types) > 1} == {}


def test_every_list_says_how_long_it_may_be() -> None:
    """Closed sets are as long as the set; everything else has its limit in words."""
    words = ("at most", "sorted", "1 to", "each", "every", "published", "the newest")
    silent = [
        f"{named.name}.{name}"
        for named in composites()
        for name, field in named.fields.items()
        if str(field.type).startswith("[") and not any(word in str(field.description).lower() for word in words)
    ]

    assert silent == []


def test_mutations_have_one_file_each() -> None:
    assert SCHEMA.mutation_type is not None
    folder = Path(SCHEMA_FILE).parent / "mutations"
    snake = {re.sub(r"([A-Z])", r"_\1", name).lower() for name in SCHEMA.mutation_type.fields}

    assert {name for name in snake if not (folder / f"{name}.py").exists()} == set()
