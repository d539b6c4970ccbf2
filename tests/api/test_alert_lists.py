"""The alerts of all accounts as a list: what is on, how grave, for whom, and as of when."""

from typing import Any

import pytest

from api.ids import global_id
from lifecycle_fsm.domain.access import Portfolio, Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.door import Door
from tests.api.test_alerts import graded
from tests.fakes import Clock

__all__ = ["graded"]

KEYS = "nodes { account { key } number isOn severity openedAt clearedAt }"


@pytest.fixture
def episodes(graded: World, clock: Clock) -> World:
    """ONE's alert is over after it rose, TWO's goes on, THREE has its second, FOUR never had one."""
    register(graded, an_account("ONE", logins=1), an_account("THREE", logins=4), an_account("FOUR", logins=40))
    clock.turn(days=1)
    register(graded, an_account("TWO", logins=3))
    register(graded, an_account("ONE", logins=20), an_account("THREE", logins=20))
    evaluate_waiting(graded, ADMIN)
    clock.turn(days=30)
    register(graded, an_account("THREE", logins=2))
    evaluate_waiting(graded, ADMIN)
    return graded


def listed(door: Door, arguments: str) -> list[str]:
    """The episodes of a page, as `KEY/number`."""
    nodes = door.data(f"{{ alerts({arguments}) {{ {KEYS} }} }}")["alerts"]["nodes"]
    return [f"{node['account']['key']}/{node['number']}" for node in nodes]


def test_alerts_are_chosen_by_what_they_are(door: Door, episodes: World) -> None:
    three = global_id("Account", account_id_for("THREE"))
    first = "first: 10, filter: "

    assert sorted(listed(door, "first: 10")) == ["ONE/1", "THREE/1", "THREE/2", "TWO/1"]
    assert listed(door, first + "{isOn: true}") == ["THREE/2", "TWO/1"]
    assert sorted(listed(door, first + "{isOn: false}")) == ["ONE/1", "THREE/1"]
    assert listed(door, first + "{severities: [HIGH]}") == ["ONE/1"]
    assert listed(door, first + f'{{accountIds: ["{three}"]}}') == ["THREE/2", "THREE/1"]
    assert listed(door, first + '{alerts: ["other"]}') == []
    assert listed(door, first + '{segments: ["starter"], isOn: true}') == ["THREE/2", "TWO/1"]
    assert listed(door, first + '{csms: ["nobody"]}') == []
    assert listed(door, first + '{openedFrom: "2026-03-03T00:00:00Z"}') == ["THREE/2", "TWO/1"]
    assert listed(door, first + '{openedFrom: "2026-03-03T00:00:00Z", openedBefore: "2026-03-04T00:00:00Z"}') == [
        "TWO/1"
    ]


def test_alerts_are_as_they_were_at_a_date(door: Door, episodes: World) -> None:
    then = 'first: 10, filter: {isOn: true, asOf: "2026-03-02T12:00:00Z"}'
    over = 'first: 10, filter: {isOn: false, asOf: "2026-03-05T12:00:00Z"}'

    assert sorted(listed(door, then)) == ["ONE/1", "THREE/1"]
    assert sorted(listed(door, over)) == ["ONE/1", "THREE/1"]


@pytest.mark.parametrize("order", ["{field: SEVERITY}", "{field: OPENED_AT, descending: false}"])
def test_pages_of_alerts_join_to_the_list_both_ways(door: Door, episodes: World, order: str) -> None:
    whole, forth, back = listed(door, f"first: 10, order: {order}"), list[str](), list[str]()
    end = begin = ""
    query = "{ alerts(%s, order: %s) { totalCount " + KEYS + " pageInfo { startCursor endCursor } } }"
    for _ in range(4):
        found = door.data(query % (f"first: 1{end}", order))["alerts"]
        forth += [f"{node['account']['key']}/{node['number']}" for node in found["nodes"]]
        end = f', after: "{found["pageInfo"]["endCursor"]}"'
        found = door.data(query % (f"last: 1{begin}", order))["alerts"]
        back += [f"{node['account']['key']}/{node['number']}" for node in found["nodes"]]
        begin = f', before: "{found["pageInfo"]["startCursor"]}"'

    assert len(whole) == 4
    assert (forth, back[::-1]) == (whole, whole)
    assert found["totalCount"] == 4


def test_an_account_shows_its_episodes_with_their_ctas_and_records(door: Door, episodes: World) -> None:
    found: dict[str, Any] = door.data(
        """{ account(key: "THREE") { alertEpisodes(first: 5) { totalCount nodes { alert number segment stage isOn
        ctas { template } opening { kind subject } closing { kind } } } } }"""
    )["account"]["alertEpisodes"]

    opened = {"alert": "low_usage", "segment": "starter", "opening": {"kind": "ALERT_OPENED", "subject": "low_usage"}}
    assert found["totalCount"] == 2
    assert [{key: node[key] for key in opened} for node in found["nodes"]] == [opened, opened]
    assert [(node["number"], node["isOn"], node["closing"]) for node in found["nodes"]] == [
        (2, True, None),
        (1, False, {"kind": "ALERT_CLEARED"}),
    ]
    assert [node["ctas"] for node in found["nodes"]] == [[{"template": "usage_low"}], [{"template": "usage_low"}]]


def test_a_cursor_of_another_order_is_refused(door: Door, episodes: World) -> None:
    page = door.data("{ alerts(first: 1) { pageInfo { endCursor } } }")["alerts"]["pageInfo"]
    query = "query($after: String) { alerts(first: 1, after: $after, order: {field: SEVERITY}) { nodes { id } } }"

    error = door.error(query, after=page["endCursor"])

    assert error["message"] == "the cursor belongs to another list; start at the beginning"


def test_a_csm_sees_the_alerts_of_own_accounts_only(door: Door, episodes: World) -> None:
    tokens = [
        issue_token(episodes, ADMIN, name, [Role.CSM], None, Portfolio(csms=frozenset({name}))).token
        for name in ("ada", "eve")
    ]

    ada, eve = (len(listed(door.as_token(token), "first: 10")) for token in tokens)

    assert (ada, eve) == (4, 0)


def test_an_episode_is_as_grave_as_it_was_then_and_shows_what_its_rise_opened(
    door: Door, graded: World, clock: Clock
) -> None:
    register(graded, an_account("FIVE", logins=4))
    close_all(door, "FIVE")
    clock.turn(days=11)
    register(graded, an_account("FIVE", logins=3))
    evaluate_waiting(graded, ADMIN)
    query = """query ($choose: AlertFilter) { alerts(first: 5, filter: $choose, order: {field: SEVERITY}) {
        nodes { severity raisedAt isOn ctas { template status } } } }"""

    (now,) = door.data(query, choose={})["alerts"]["nodes"]
    (then,) = door.data(query, choose={"asOf": "2026-03-05T00:00:00Z"})["alerts"]["nodes"]
    chosen = {
        severity: door.data(query, choose={"asOf": "2026-03-05T00:00:00Z", "severities": [severity]})["alerts"]["nodes"]
        for severity in ("MEDIUM", "CRITICAL")
    }

    assert (now["severity"], now["raisedAt"]) == ("CRITICAL", "2026-03-13T09:00:00Z")
    assert (then["severity"], then["raisedAt"], then["isOn"]) == ("MEDIUM", None, True)
    assert (len(chosen["MEDIUM"]), chosen["CRITICAL"]) == (1, [])
    assert [cta["status"] for cta in now["ctas"]] == ["CLOSED", "NEW"]


def close_all(door: Door, key: str) -> None:
    query = "query ($key: String!) { account(key: $key) { openCtas { id template } } }"
    for cta in door.data(query, key=key)["account"]["openCtas"]:
        given = {"ctaId": cta["id"], "outcome": "SUCCESS", "idempotencyKey": cta["id"]}
        door.data("mutation ($input: CloseCtaInput!) { closeCta(input: $input) { __typename } }", input=given)
