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
        (["input", "rows", "1", "value"], "invalid_input"),
        (["input", "rows", "1", "measure"], "unknown_measure"),
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


def test_who_may_only_read_is_refused(door: Door, token_of: Callable[[Role], str]) -> None:
    viewer = door.as_token(token_of(Role.VIEWER))

    assert register(viewer, "k-1", NEW)["code"] == "FORBIDDEN"
    assert register(door, "k-1")["code"] == "INVALID_INPUT"
