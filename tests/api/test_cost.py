"""What operations cost: exact numbers, shown with every answer, and a limit that nothing gets around."""

from typing import Any

import pytest
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, OperationDefinitionNode, parse, validate
from starlette.applications import Starlette

from api.app import create_app
from api.cost.actual import actual
from api.cost.formula import value_of
from api.cost.pricing import price
from api.cost.weights import LENGTHS, WEIGHTS
from api.schema import make_schema
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from tests.api.door import Door, a_door
from tests.conformance.guide import operations

SCHEMA = make_schema()._schema


def cost(text: str, **variables: Any) -> int:
    document = parse(text)
    assert validate(SCHEMA, document) == []
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return value_of(price(SCHEMA, document, operation), variables)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("{ __typename }", 0),
        ("{ viewer { name } }", 1),
        ("{ viewer { name roles } again: viewer { name } }", 2),
        ('{ account(key: "A") { key stage { key } } }', 2),
        ('{ account(key: "A") { facts { key } } }', 1 + 5),
        ('{ account(key: "A") { stageVisits { enteredAt } } }', 1 + 10),
        ('{ account(key: "A") { closedCtas { title } } }', 1 + 20),
        ('{ account(key: "A") { closedCtas(first: 3) { title } } }', 1 + 3),
        ('{ account(key: "A") { whyNot(transition: "t") { __typename } } }', 1 + 20 + 1),
        ("{ accounts(first: 20) { nodes { key } } }", 1 + 20),
        ("{ accounts(last: 20) { edges { cursor node { key } } } }", 1 + 20 * 2),
        ("{ accounts(first: 20) { totalCount pageInfo { endCursor } } }", 1 + 10 + 1),
        ("{ accounts(first: 20) { nodes { history(first: 10) { nodes { seq } } } } }", 1 + 20 * (1 + 1 + 10)),
        ("{ accounts { nodes { key } } }", 1 + 100),
        ("{ accounts(first: 2000000000) { nodes { key } } }", 1 + 100),
        ("{ accounts(first: -7) { nodes { key } } }", 1 + 100),
        ("{ reports { moves { toStage } } }", 1 + 200 + 5),
        ('{ node(id: "x") { id ... on Account { stage { key } } ... on Machine { digest } } }', 1 + 1),
        ('{ node(id: "x") { ... on Account { stage { key } } ... on Segment { machine { digest } } } }', 1 + 1),
        ('mutation { closeCta(input: {ctaId: "x", idempotencyKey: "k", outcome: SUCCESS}) { __typename } }', 10 + 1),
        ("{ __schema { types { name } } }", 100),
    ],
)
def test_an_operation_costs(text: str, points: int) -> None:
    assert cost(text) == points


def test_variables_say_how_long_a_list_is() -> None:
    text = "query ($n: Int = 7, $m: Int) { accounts(first: $n, last: $m) { nodes { key } } }"

    assert [cost(text), cost(text, n=3), cost(text, n=3, m=9), cost(text, n=None)] == [8, 4, 10, 101]


def test_what_is_left_out_costs_nothing() -> None:
    text = "query ($no: Boolean!) { viewer { name } reports @skip(if: $no) { moves { toStage } } }"

    assert [cost(text, no=True), cost(text, no=False)] == [1, 1 + 206]
    assert cost("{ viewer @include(if: false) { name } ... @skip(if: true) { viewer { name } } }") == 0


@pytest.mark.parametrize("given", ['rows: [{name: "a", content: ""}, {name: "b", content: ""}]', "$files"])
def test_every_row_of_a_batch_counts(given: str) -> None:
    rows = [{"name": "a", "content": ""}, {"name": "b", "content": ""}]
    given = given.replace("rows: ", "")
    declared = "($files: [ConfigurationFile!]!)" if given == "$files" else ""

    assert cost(f"query {declared} {{ checkConfiguration(files: {given}) {{ isValid }} }}", files=rows) == 50 + 2 + 1


def test_a_mutation_with_rows_costs_more_than_one_without() -> None:
    text = "mutation ($input: RecordFactsInput!) { recordFacts(input: $input) { __typename } }"
    row = {"accountId": "x", "measure": "logins", "value": 1}

    costs = [cost(text, input={"rows": [row] * n, "source": "s", "idempotencyKey": "k"}) for n in (0, 1, 1_000)]

    assert costs == [11, 12, 1_011]


def test_nested_aliases_and_fragments_count_each_time() -> None:
    plain = cost("{ accounts(first: 50) { nodes { history(first: 50) { nodes { seq } } } } }")
    inner = "history(first: 50) { nodes { seq } }"
    page = f"accounts(first: 50) {{ nodes {{ a: {inner} b: {inner} }} }}"
    twice = cost(f"{{ x: {page} y: {page} }}")
    spread = cost("{ x: accounts(first: 50) { ...f } y: accounts(first: 50) { ...f ...f } } "
                  "fragment f on AccountConnection { nodes { key } }")  # fmt: skip

    assert plain == 1 + 50 * (1 + 1 + 50)
    assert twice == 2 * (1 + 50 * (1 + 2 * (1 + 50)))
    assert spread == (1 + 50) + (1 + 2 * 50)


def test_a_tower_of_fragments_is_priced_at_once() -> None:
    tower = "".join(f" fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(60))

    assert cost(f"{{ ...f0 }}{tower} fragment f60 on Query {{ viewer {{ name }} }}") == 2**60


def test_the_guide_says_what_its_operation_costs(door: Door) -> None:
    (priced,) = (each for each in operations("c0") if "query Priced" in each["query"])

    answer = door.send("POST", json=priced).json()

    assert answer["extensions"] == {"cost": {"requested": 653, "limit": 100_000}}


def test_an_operation_that_costs_too_much_does_not_run(world: World, settings: Settings, door: Door) -> None:
    strict: Starlette = create_app(world, settings.model_copy(update={"max_cost": 30}))
    query = "query ($n: Int!) { accounts(first: $n) { nodes { key } } }"

    with a_door(strict, door.token) as narrow:
        refused, allowed = narrow.ask(query, n=30), narrow.ask(query, n=29)
        hidden = narrow.ask("{ a: accounts(first: 20) { nodes { key } } b: accounts(first: 20) { nodes { key } } }")

    assert refused == {
        "errors": [
            {
                "message": "The operation costs 31; at most 30 are allowed. Ask for shorter pages, or less.",
                "extensions": {
                    "code": "cost_exceeded",
                    "classification": "ValidationError",
                    "cost": {"requested": 31, "limit": 30},
                },
            }
        ]
    }
    assert allowed["extensions"]["cost"] == {"requested": 30, "limit": 30}
    assert hidden["errors"][0]["extensions"]["cost"] == {"requested": 42, "limit": 30}


def test_the_operator_may_set_no_limit(world: World, settings: Settings, door: Door) -> None:
    free = create_app(world, settings.model_copy(update={"max_cost": 0}))

    with a_door(free, door.token) as wide:
        answer = wide.ask("{ viewer { name } }")

    assert answer["extensions"]["cost"] == {"requested": 1, "limit": None}


def test_the_tables_name_fields_that_there_are() -> None:
    known = {
        f"{named.name}.{name}": field.type
        for named in SCHEMA.type_map.values()
        if isinstance(named, GraphQLObjectType)
        for name, field in named.fields.items()
    }
    lists = {
        name
        for name, type_ in known.items()
        if isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)
    }

    assert {name for name in WEIGHTS if ".__" not in name} - known.keys() == set()
    assert LENGTHS.keys() - lists == set()


MANY = {"data": {"accounts": {"nodes": [{"key": "A", "facts": [{"key": "arr"}] * 7}, {"key": "B", "facts": []}]}}}


@pytest.mark.parametrize(
    ("text", "data", "points"),
    [
        ("{ __typename }", {"__typename": "Query"}, 0),
        ('{ account(key: "A") { key stage { key } } }', {"account": None}, 0),
        ('{ account(key: "A") { key stage { key } } }', {"account": {"key": "A", "stage": None}}, 1),
        ('{ account(key: "A") { key stage { key } } }', {"account": {"key": "A", "stage": {"key": "s"}}}, 2),
        ("{ accounts(first: 50) { nodes { key facts { key } } } }", MANY["data"], 1 + 2 + 7),
        ("{ accounts(first: 50) { totalCount } }", {"accounts": {"totalCount": 9}}, 1 + 10),
        ("{ reports { moves { toStage } } }", {"reports": {"moves": []}}, 1 + 200),
        (
            "{ viewer { name } ...F } fragment F on Query { viewer { roles } }",
            {"viewer": {"name": "a", "roles": []}},
            1,
        ),
        (
            '{ account(key: "A") { whyNot(transition: "t") { ... on WhyNoTransition { isInStage } } } }',
            {"account": {"whyNot": {"isInStage": True}}},
            1 + 20 + 1,
        ),
        ("{ viewer { name } }", None, 0),
    ],
)
def test_an_operation_turns_out_to_cost(text: str, data: Any, points: int) -> None:
    document = parse(text)
    assert validate(SCHEMA, document) == []
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)

    assert actual(SCHEMA, document, operation, {}, data) == points


def test_what_a_condition_left_out_did_not_cost() -> None:
    text = 'query ($more: Boolean = false) { viewer { name } account(key: "A") @include(if: $more) { key } }'
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)

    assert actual(SCHEMA, parse(text), operation, {}, {"viewer": {"name": "a"}}) == 1


ASKED = {"query": "{ accounts(first: 100) { nodes { key facts { key } } } }"}


def test_who_asks_is_told_what_it_turned_out_to_cost(door: Door) -> None:
    plain = door.send("POST", json=ASKED).json()
    asked = {"GraphQL-Cost": "actual"}
    posted = door.send("POST", json=ASKED, headers=asked).json()
    got = door.send("GET", params=ASKED, headers=asked).json()
    streamed = door.send("POST", json=ASKED, headers={**asked, "Accept": "text/event-stream"}).text

    facts = len(posted["data"]["accounts"]["nodes"][0]["facts"])
    cost = {"requested": 1 + 100 * 6, "limit": 100_000}
    assert plain["extensions"]["cost"] == cost
    assert posted["extensions"]["cost"] == got["extensions"]["cost"] == {**cost, "actual": 1 + 1 + facts}
    assert f'"actual":{2 + facts}' in streamed


def test_a_change_turns_out_to_cost_what_it_gave_back(door: Door) -> None:
    query = """mutation { registerAccounts(input: {source: "t", idempotencyKey: "k",
        rows: [{key: "NEW", name: "New"}]}) { ... on AccountsRegistered { rows { index } } } }"""

    answer = door.send("POST", json={"query": query}, headers={"GraphQL-Cost": "actual"}).json()

    assert answer["extensions"]["cost"] == {"requested": 10 + 1 + 1 + 5, "limit": 100_000, "actual": 10 + 1 + 1 + 1}


def test_in_a_list_of_requests_each_is_told_its_own(world: World, settings: Settings, door: Door) -> None:
    allowing = Door(create_app(world, settings.model_copy(update={"batch": 2})), door.token, door.runner)
    both = [{"query": "{ viewer { name } }"}, {"query": "{ nonsense }"}]

    first, second = allowing.send("POST", json=both, headers={"GraphQL-Cost": "Actual"}).json()

    assert first["extensions"]["cost"]["actual"] == 1
    assert "extensions" not in second
