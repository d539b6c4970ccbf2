"""What a role lacks for a document is said at once, for all of its fields."""

from collections.abc import Callable

import pytest
from graphql import OperationDefinitionNode, parse

from api.needs import Need, lacking_of, needs_of
from api.schema import make_schema
from lifecycle_fsm.domain.access import Actor, Capability, Portfolio, Role
from tests.api.door import Door

SCHEMA = make_schema()._schema
HISTORY, READ = Capability.READ_HISTORY, Capability.READ


def needs(text: str) -> list[tuple[str, Capability]]:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return [(need.field, need.capability) for need in needs_of(SCHEMA, document, operation)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ viewer { name } }", []),
        ("{ __schema { types { name } } }", []),
        (
            "{ accounts(first: 1) { nodes { history(first: 1) { nodes { seq } } } } viewer { name } }",
            [("Query.accounts", READ), ("Account.history", HISTORY)],
        ),
        (
            """query A { ...Both @skip(if: true) } query B { tokens(first: 1) { totalCount } } fragment Both on Query {
                a: runs(first: 1) { nodes { id } } b: runs(first: 2) { nodes { id } } }""",
            [("Query.runs", HISTORY)],
        ),
        (
            """{ node(id: "x") { id ... on Account { story(first: 1) { totalCount } } } }""",
            [("Query.node", READ), ("Account.story", HISTORY)],
        ),
        (
            """mutation { fireTransition(input: {accountId: "x", trigger: "t", idempotencyKey: "k"}) {
                ... on TransitionFired { account { history(first: 1) { totalCount } } } } }""",
            [("Mutation.fireTransition", Capability.FIRE_TRANSITION), ("Account.history", HISTORY)],
        ),
        (
            """mutation { recordFacts(input: {source: "s", idempotencyKey: "k", rows: []}) {
                ... on FactsRecorded { accounts { key } records { seq } } } }""",
            [
                ("Mutation.recordFacts", Capability.RECORD_FACTS),
                ("FactsRecorded.accounts", READ),
                ("FactsRecorded.records", READ),
            ],
        ),
    ],
)
def test_needs_are_collected_from_the_document(text: str, expected: list[tuple[str, Capability]]) -> None:
    assert needs(text) == expected


def test_what_reaches_everything_is_lacking_for_who_sees_some() -> None:
    publishing = (Need("Query.simulateConfiguration", Capability.PUBLISH), Need("Query.accounts", READ))
    limited = Actor("ada", frozenset({Role.ADMIN}), Portfolio(csms=frozenset({"ada"})))

    assert lacking_of(publishing, limited) == publishing[:1]
    assert lacking_of(publishing, Actor("root", frozenset({Role.ADMIN}))) == ()


def test_a_refusal_names_all_that_the_roles_lack(door: Door, token_of: Callable[[Role], str]) -> None:
    query = "{ viewer { name } segments { key } tokens(first: 1) { nodes { id } } runs(first: 1) { nodes { id } } }"

    viewer = door.as_token(token_of(Role.VIEWER)).ask(query)
    ingest = door.as_token(token_of(Role.INGEST)).ask(query)
    admin = door.ask(query)

    readers = ["VIEWER", "CSM", "ADMIN", "AUDITOR"]
    tokens = {"field": "Query.tokens", "capability": "MANAGE_TOKENS", "roles": ["ADMIN"]}
    assert viewer["extensions"]["lacking"] == [tokens]
    assert ingest["extensions"]["lacking"] == [
        {"field": "Query.segments", "capability": "READ", "roles": readers},
        tokens,
        {"field": "Query.runs", "capability": "READ_HISTORY", "roles": readers},
    ]
    assert set(admin["extensions"]) == {"cost"}
