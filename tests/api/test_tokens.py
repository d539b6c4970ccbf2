"""Tokens over GraphQL: issued once, listed without their secrets, stopped at once."""

from dataclasses import replace

from lifecycle_fsm.domain.access import Portfolio, Role
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import read_entries
from tests.api.conftest import ADMIN, an_account, register
from tests.api.door import Door

ISSUE = """mutation ($input: IssueTokenInput!) { issueToken(input: $input) {
  __typename ... on TokenIssued { secret warnings token {
    id name roles portfolio { csm csms segments accounts { key } } expiresAt lastUsedAt
  } }
  ... on Problem { code message } ... on InvalidInput { path }
} }"""
REVOKE = """mutation ($id: ID!) { revokeToken(input: {tokenId: $id}) {
  __typename ... on TokenRevoked { token { id revokedAt } } ... on Problem { code message }
} }"""


def test_a_token_lets_in_what_it_was_issued_for(door: Door) -> None:
    given = {"csms": ["dana", "carl"], "segments": ["starter"], "accountKeys": ["ACME"]}
    shown = {"csm": None, "csms": ["carl", "dana"], "segments": ["starter"], "accounts": [{"key": "ACME"}]}
    issued = door.data(ISSUE, input={"name": "dana", "roles": ["CSM"], "portfolio": given})["issueToken"]
    viewer = door.as_token(issued["secret"]).data(
        "{ viewer { name roles portfolio { csm csms segments accounts { key } } } }"
    )

    assert issued["token"] == {
        "id": issued["token"]["id"],
        "name": "dana",
        "roles": ["CSM"],
        "portfolio": shown,
        "expiresAt": None,
        "lastUsedAt": None,
    }
    assert issued["warnings"] == [
        "No account is owned by 'carl' yet; if that is a slip, revoke the token and issue another.",
        "No account is owned by 'dana' yet; if that is a slip, revoke the token and issue another.",
    ]
    assert viewer == {"viewer": {"name": "dana", "roles": ["CSM"], "portfolio": shown}}


def test_a_list_of_tokens_has_no_secrets(door: Door) -> None:
    secrets = [door.data(ISSUE, input={"name": f"t{n}", "roles": ["VIEWER"]})["issueToken"]["secret"] for n in range(3)]
    query = "query ($after: String) { tokens(first: 2, after: $after) { totalCount nodes { name lastUsedAt } pageInfo "
    query += "{ endCursor hasNextPage } } }"
    first = door.data(query)["tokens"]
    second = door.data(query, after=first["pageInfo"]["endCursor"])["tokens"]

    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (
        4,
        True,
        False,
    )
    assert {node["name"] for page in (first, second) for node in page["nodes"]} == {"admin", "t0", "t1", "t2"}
    assert not any(secret in str((first, second)) for secret in secrets)
    assert door.error('{ tokens(first: 1, after: "x") { nodes { id } } }')["extensions"]["input"] == "after"


def test_a_revoked_token_stays_out(door: Door, world: World) -> None:
    issued = door.data(ISSUE, input={"name": "dana", "roles": ["CSM"]})["issueToken"]
    revoked = door.data(REVOKE, id=issued["token"]["id"])["revokeToken"]
    again = door.data(REVOKE, id=issued["token"]["id"])["revokeToken"]
    answer = door.as_token(issued["secret"]).send("POST", json={"query": "{ viewer { name } }"})

    assert revoked == again
    assert (revoked["__typename"], revoked["token"]["revokedAt"]) == ("TokenRevoked", "2026-03-02T09:00:00Z")
    assert answer.status_code == 401
    with world.database.reading() as connection:
        kinds = [entry.entry.kind.value for entry in read_entries(connection)]
    assert kinds[-2:] == ["token_issued", "tokens_revoked"]


def test_problems_of_tokens_have_codes(door: Door) -> None:
    unknown = door.data(REVOKE, id="VG9rZW46" + "MDAw" * 21 + "MA")["revokeToken"]
    wrong = door.data(REVOKE, id="x")["revokeToken"]
    nameless = door.data(ISSUE, input={"name": "", "roles": ["CSM"]})["issueToken"]
    roleless = door.data(ISSUE, input={"name": "x", "roles": []})["issueToken"]
    odd = door.data(ISSUE, input={"name": "x", "roles": ["CSM"], "portfolio": {"csms": [""]}})["issueToken"]
    unknown_key = door.data(ISSUE, input={"name": "x", "roles": ["CSM"], "portfolio": {"accountKeys": ["ACNE"]}})
    many = {"name": "x", "roles": ["CSM"], "portfolio": {"csms": [str(n) for n in range(101)]}}
    too_many = door.data(ISSUE, input=many)["issueToken"]

    assert (unknown["__typename"], unknown["code"]) == ("UnknownToken", "UNKNOWN_TOKEN")
    assert wrong["code"] == "INVALID_INPUT"
    assert [each["path"] for each in (nameless, roleless, odd)] == [
        ["input", "name"],
        ["input", "roles"],
        ["input", "portfolio"],
    ]
    assert unknown_key["issueToken"]["message"] == "there is no account 'ACNE'; register it first"
    assert too_many["message"] == "the portfolio names 101 of a kind; expected at most 100"


def test_one_csm_may_still_be_given_and_read_by_itself(door: Door) -> None:
    given = {"name": "dana", "roles": ["CSM"], "portfolio": {"csm": "dana"}}

    issued = door.data(ISSUE, input=given)["issueToken"]["token"]

    assert issued["portfolio"] == {"csm": "dana", "csms": ["dana"], "segments": None, "accounts": None}


def test_a_portfolio_limits_lists_counts_history_and_ctas(door: Door, world: World) -> None:
    register(world, replace(an_account("BOB"), csm="bob"))
    query = """{ accounts(first: 10) { totalCount nodes { key history(first: 5) { totalCount } openCtas { title } } }
      account(key: "ACME") { key } }"""
    seen = {}
    for csm, segment in (("ada", "starter"), ("bob", "starter"), ("bob", "other")):
        issued = issue_token(world, ADMIN, csm, [Role.CSM], None, Portfolio(frozenset({csm}), frozenset({segment})))
        data = door.as_token(issued.token).data(query)
        keys = [node["key"] for node in data["accounts"]["nodes"]]
        seen[csm, segment] = (keys, data["accounts"]["totalCount"], data["account"])

    assert seen == {
        ("ada", "starter"): (["ACME"], 1, {"key": "ACME"}),
        ("bob", "starter"): (["BOB"], 1, None),
        ("bob", "other"): ([], 0, None),
    }
