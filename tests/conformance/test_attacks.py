"""What attackers try first, after graphql-cop and the OWASP list for GraphQL: each costs next to nothing."""

import json
from typing import Any

import pytest
from graphql import build_schema

from api.app import create_app
from api.export import SCHEMA_FILE
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings

# The same fixtures as the API's own tests.
from tests.api.conftest import app, clock, door, settings, token_of, world  # noqa: F401 # fixtures
from tests.api.door import Door
from tests.databases import sqlite_database

REFUSED = {"cost_exceeded", "limit_exceeded", "parse_failed", "validation_failed", "bad_request"}


@pytest.fixture
def database_url(tmp_path: Any, migrated_file: Any) -> Any:
    """SQLite only: nothing of this may reach a database."""
    with sqlite_database(tmp_path, migrated_file) as url:
        yield url


def aliases(count: int) -> str:
    return "{ " + " ".join(f"a{number}: viewer {{ name }}" for number in range(count)) + " }"


ATTACKS = {
    "10,000 aliases": aliases(10_000),
    "aliases within the tokens": aliases(100),
    "fields repeated": "{ viewer { " + "name " * 10_000 + "} }",
    "directives overloaded": "{ viewer { name " + "@skip(if: false) " * 10_000 + "} }",
    "unknown directives": "{ viewer { name " + "@aa" * 500 + "} }",
    "fragments in a circle": "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    "a fragment of itself": "{ viewer { ...a } } fragment a on Viewer { name ...a }",
    "fragments that double": "{ ...f0 }"
    + "".join(f" fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(60))
    + " fragment f60 on Query { viewer { name } }",
    "introspection in circles": "{ __schema { types { fields { type { fields { type { fields { type { fields { type "
    "{ fields { type { name } } } } } } } } } } } } }",
    "brackets that never close": "{" * 50_000,
    "a list as deep as the body": "{ accounts(filter: {stages: " + "[" * 50_000 + "}) { nodes { id } } }",
    "a huge text": '{ account(key: "' + "x" * 500_000 + '") { id } }',
    "a huge page": "{ accounts(first: 1000000000) { nodes { id } } }",
    "a negative page": "{ accounts(first: -1) { nodes { id } } }",
    "defer": "{ viewer { ... @defer { name } } }",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused(door: Door, name: str) -> None:  # noqa: F811 # the fixture
    errors = door.ask(ATTACKS[name])["errors"]

    assert {error["extensions"]["code"] for error in errors} <= REFUSED | {"invalid_input"}


def test_a_megabyte_of_variables_is_refused(door: Door) -> None:  # noqa: F811 # the fixture
    variables = {"key": "x", **{f"v{number}": "x" * 1_000 for number in range(1_000)}}
    query = "query ($key: String) { account(key: $key) { id } }"

    assert door.send("POST", json={"query": query, "variables": variables}).status_code == 413


def test_variables_nested_as_deep_as_they_go_are_refused(door: Door) -> None:  # noqa: F811 # the fixture
    nested = '{"query": "{ __typename }", "variables": {"x": ' + "[" * 100_000 + "]" * 100_000 + "}}"
    answer = door.send("POST", content=nested, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400


def test_lists_of_requests_are_no_way_round_the_limits(door: Door, world: World, settings: Settings) -> None:  # noqa: F811
    batch = [{"query": aliases(40)}] * 51
    open_to_lists = Door(create_app(world, settings.model_copy(update={"batch": 50})), door.token, door.runner)

    assert door.send("POST", json=batch[:2]).status_code == 400
    assert open_to_lists.send("POST", json=batch).status_code == 400


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
@pytest.mark.parametrize("path", ["/graphql?query={__typename}", "/graphql"])
def test_there_is_no_way_in_without_a_token(door: Door, path: str, accept: str) -> None:  # noqa: F811
    answer = door.send("GET", path, headers={"Authorization": "", "Accept": accept})

    assert answer.status_code in {401, 406}
    assert "data" not in answer.text


def test_nothing_is_told_of_a_schema_that_is_kept(door: Door, world: World, settings: Settings) -> None:  # noqa: F811
    """As clairvoyance does: guess names close to real ones, and read the suggestions."""
    shut = Door(create_app(world, settings.model_copy(update={"introspection": False})), door.token, door.runner)
    schema = build_schema(SCHEMA_FILE.read_text())
    assert schema.query_type is not None
    names = list(schema.query_type.fields)
    guesses = [
        *(f"{{ {name[:-1]} }}" for name in names if name[:-1] not in names),
        *(f"{{ {name}x }}" for name in names),
        "{ viewer { nam } }",
        '{ account(ky: "x") { id } }',
        "query ($x: AccountFiltr) { viewer { name } }",
        "mutation { fireTransitio }",
        '{ node(id: "x") { ... on Accoun { id } } }',
        "{ accounts(first: 1, order: {field: NAM}) { nodes { id } } }",
        "{ accounts(first: 1, filter: {stage: 1}) { nodes { id } } }",
        '{ __type(name: "Account") { name } }',
        "{ __schema { queryType { name } } }",
    ]
    answers = [shut.ask(guess) for guess in guesses]

    assert [answer for answer in answers if "data" in answer or "Did you mean" in json.dumps(answer)] == []


def test_no_error_shows_the_inside(door: Door) -> None:  # noqa: F811 # the fixture
    wrong = ['{ accounts(first: 1, after: "x") { nodes { id } } }', '{ node(id: "\\u0000") { id } }', "{ \\ }"]
    told = json.dumps([door.ask(query) for query in wrong])

    assert not any(word in told for word in ("Traceback", "File ", "sqlite", "sqlalchemy", ".py"))
