"""People list rows that came in by any door and were refused."""

from collections.abc import Callable

import pytest

from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from tests.api.door import JSON, Door

LIST = """query ($filter: IngestErrorFilter, $after: String) {
  ingestErrors(filter: $filter, first: 2, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { kind source row accountId accountKey subject issues { path code } content isCut times resolvedAt } } }"""
RECORD = """mutation ($rows: [FactRowInput!]!, $key: String!) {
  recordFacts(input: {rows: $rows, source: "graph", idempotencyKey: $key}) {
    ... on FactsRecorded { rows { index isAccepted code } } ... on Problem { code message } } }"""


@pytest.fixture
def refused(door: Door, token_of: Callable[[Role], str]) -> Door:
    """Two rows that HTTP refused, one that GraphQL could not even read, and one that it refused."""
    feed = door.as_token(token_of(Role.INGEST))
    rows = [
        {"account": "ACME", "measure": "setup", "value": 5},
        {"account": "ACME", "measure": "setup", "value": "many"},
        {"account": "NOBODY", "measure": "setup", "value": 1},
    ]
    assert feed.send("POST", "/ingest/v1/measures?source=warehouse", json=rows).status_code == 207
    given = [
        {"measure": "setup", "value": 1},
        {"accountKey": "ACME", "measure": "setup", "value": 6},
        {"accountKey": "ACME", "fact": "nothing", "value": 7},
    ]
    told = feed.data(RECORD, rows=given, key="k")["recordFacts"]["rows"]
    assert [each["code"] for each in told] == ["invalid_input", None, "unknown_fact"]
    return door


def nodes(door: Door, **wanted: object) -> list[JSON]:
    found: list[JSON] = door.data(LIST, filter=wanted)["ingestErrors"]["nodes"]
    return found


def test_refused_rows_of_all_doors_are_listed(refused: Door) -> None:
    first = refused.data(LIST)["ingestErrors"]
    second = refused.data(LIST, after=first["pageInfo"]["endCursor"])["ingestErrors"]

    shown = [*first["nodes"], *second["nodes"]]
    acme = global_id("Account", account_id_for("ACME"))
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (
        4,
        True,
        False,
    )
    assert {
        (each["source"], each["row"], each["accountId"], each["accountKey"], each["subject"]) for each in shown
    } == {
        ("warehouse", 2, acme, "ACME", "setup"),
        ("warehouse", 3, None, "NOBODY", "setup"),
        ("graph", 1, None, None, "setup"),
        ("graph", 3, acme, "ACME", "nothing"),
    }
    assert refused.data("{ operations { rowsRefused } }")["operations"] == {"rowsRefused": 3}


def test_filters_choose_among_them(refused: Door) -> None:
    (resolved,) = nodes(refused, isResolved=True)
    (unread,) = nodes(refused, source="graph", kind="MEASURES")
    (unknown,) = nodes(refused, code="unknown_account")

    assert (resolved["content"], resolved["issues"]) == (
        '{"account": "ACME", "measure": "setup", "value": "many"}',
        [{"path": ["value"], "code": "invalid_input"}],
    )
    assert (unread["row"], unread["issues"]) == (1, [{"path": ["accountId"], "code": "invalid_input"}])
    assert (unknown["kind"], unknown["accountKey"]) == ("MEASURES", "NOBODY")
    assert len(nodes(refused, accountId=global_id("Account", account_id_for("ACME")))) == 2
    assert nodes(refused, refused={"before": "2020-01-01T00:00:00Z"}) == []


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"source": ""}, "the source is ''; expected 1 to 500 printable characters"),
        ({"code": "a\u0000"}, "the code is 'a\\x00'; expected 1 to 500 printable characters"),
        ({"accountId": "QWNjb3VudDox"}, "'QWNjb3VudDox' is not an id that this API gave; read it again"),
    ],
)
def test_a_filter_that_can_choose_none_is_refused(door: Door, wanted: JSON, message: str) -> None:
    error = door.error(LIST, filter=wanted)

    assert (error["extensions"]["code"], error["message"]) == ("invalid_input", message)


def test_the_same_call_again_adds_nothing_and_who_only_brings_in_sees_nothing(
    refused: Door, token_of: Callable[[Role], str]
) -> None:
    feed = refused.as_token(token_of(Role.INGEST))
    given = [{"measure": "setup", "value": 1}]

    first = feed.data(RECORD, rows=given, key="only")["recordFacts"]
    again = feed.data(RECORD, rows=given, key="only")["recordFacts"]

    assert first == again == {"rows": [{"index": 0, "isAccepted": False, "code": "invalid_input"}]}
    assert [each["times"] for each in nodes(refused, source="graph", kind="MEASURES")] == [2]
    assert feed.error(LIST)["extensions"]["code"] == "forbidden"
