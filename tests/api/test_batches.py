"""Accounts and milestones in batches, each row with its result."""

from collections.abc import Callable

from lifecycle_fsm.domain.access import Role
from tests.api.door import JSON, Door

REGISTER = """mutation ($rows: [AccountRowInput!]!, $key: String!) {
  registerAccounts(input: {rows: $rows, source: "crm", idempotencyKey: $key}) {
    ... on AccountsRegistered { replayed rows { index accountId note problems { path code message } } }
    ... on Problem { code message }
  } }"""
REACH = """mutation ($rows: [MilestoneRowInput!]!, $key: String!) {
  reachMilestones(input: {rows: $rows, source: "crm", idempotencyKey: $key}) {
    ... on MilestonesReached { replayed rows { index note problems { path code } } }
    ... on Problem { code message }
  } }"""
NEW = {
    "key": "NEW",
    "name": "New Inc.",
    "facts": [{"key": "arr", "value": 9000}],
    "measures": [{"key": "setup", "value": 80}],
}
BAD = {"key": "BAD", "measures": [{"key": "setup", "value": 101}, {"key": "setpu", "value": 1}]}


def register(door: Door, key: str, *rows: JSON) -> JSON:
    answer: JSON = door.data(REGISTER, rows=list(rows), key=key)["registerAccounts"]
    return answer


def test_accounts_are_registered_row_by_row(door: Door, token_of: Callable[[Role], str]) -> None:
    feed = door.as_token(token_of(Role.INGEST))

    first = register(feed, "k-1", NEW, BAD)
    replayed = register(feed, "k-1", NEW, BAD)
    again = register(feed, "k-2", NEW)
    conflict = register(feed, "k-1", NEW)

    assert [each["note"] for each in first["rows"]] == ["CREATED", "REJECTED"]
    assert [(each["path"], each["code"]) for each in first["rows"][1]["problems"]] == [
        (["input", "rows", "1", "measures", "0", "value"], "invalid_input"),
        (["input", "rows", "1", "measures", "1", "value"], "unknown_measure"),
    ]
    assert replayed == {**first, "replayed": True}
    assert [each["note"] for each in again["rows"]] == ["UNCHANGED"]
    assert conflict["code"] == "IDEMPOTENCY_CONFLICT"
    account = door.data('{ account(key: "NEW") { id name stage { key } } }')["account"]
    assert (account["id"], account["name"]) == (first["rows"][0]["accountId"], "New Inc.")
    assert account["stage"]["key"] == "onboarding"


def test_milestones_are_reached_row_by_row(door: Door, token_of: Callable[[Role], str]) -> None:
    rows = [
        {"accountKey": "ACME", "milestone": "first_login", "reachedAt": "2026-03-01T08:00:00Z"},
        {"accountKey": "ACME", "milestone": "first_login"},
        {"accountKey": "NOBODY", "milestone": "first_login"},
    ]

    answer = door.as_token(token_of(Role.INGEST)).data(REACH, rows=rows, key="k-1")["reachMilestones"]

    assert answer == {
        "replayed": False,
        "rows": [
            {"index": 0, "note": "REACHED", "problems": []},
            {"index": 1, "note": "UNCHANGED", "problems": []},
            {
                "index": 2,
                "note": "REJECTED",
                "problems": [{"path": ["input", "rows", "2", "accountKey"], "code": "unknown_account"}],
            },
        ],
    }


ROWS = """mutation {
    registerAccounts(input: {source: "t", idempotencyKey: "a", rows: [{key: "NEW", name: "New"}, {key: ""}]}) {
        ... on AccountsRegistered { rows { index account { key revision } } } ... on Problem { code } }
    reachMilestones(input: {source: "t", idempotencyKey: "b", rows: [
        {accountKey: "NEW", milestone: "kickoff_done"}, {accountKey: "NOBODY", milestone: "kickoff_done"}]}) {
        ... on MilestonesReached { rows { index account { key milestones { key reachedAt } } } }
        ... on Problem { code } } }"""


def test_rows_bring_their_accounts_as_they_are_now(door: Door) -> None:
    found = door.data(ROWS)

    registered, reached = found["registerAccounts"]["rows"], found["reachMilestones"]["rows"]
    assert [each["account"] and each["account"]["key"] for each in registered] == ["NEW", None]
    assert [each["account"] and each["account"]["key"] for each in reached] == ["NEW", None]
    assert [each["key"] for each in reached[0]["account"]["milestones"] if each["reachedAt"]] == ["kickoff_done"]


def test_who_may_not_read_accounts_is_told_before_a_row_is_written(door: Door, token_of: Callable[[Role], str]) -> None:
    ingest = door.as_token(token_of(Role.INGEST)).ask(ROWS)

    lacking = [each["field"] for each in ingest["extensions"]["lacking"]]
    assert ingest["data"] == {"registerAccounts": {"code": "FORBIDDEN"}, "reachMilestones": {"code": "FORBIDDEN"}}
    assert lacking == ["AccountRowResult.account", "MilestoneRowResult.account"]
    assert door.data('{ account(key: "NEW") { key } }') == {"account": None}


def test_who_may_only_read_is_refused(door: Door, token_of: Callable[[Role], str]) -> None:
    viewer = door.as_token(token_of(Role.VIEWER))

    assert register(viewer, "k-1", NEW)["code"] == "FORBIDDEN"
    assert register(door, "k-1")["code"] == "INVALID_INPUT"
