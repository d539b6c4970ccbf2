"""Machines, segments, and whatever has an id."""

from collections.abc import Callable

from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from tests.api.door import Door


def test_lays_a_machine_open(door: Door) -> None:
    machine = door.data(
        """{ machine(segment: "starter") { segmentKey title rollUp triggers initial { key }
        stages { key isFinal expected milestones { milestone within } }
        transitions { key from { key } to { key } kind triggers priority after minDwell }
        measures { key weight healthy neutral } alerts { key } } }"""
    )["machine"]

    assert machine["stages"][0] == {
        "key": "onboarding",
        "isFinal": False,
        "expected": "P30D",
        "milestones": [{"milestone": "kickoff_done", "within": "P14D"}],
    }
    assert [stage["key"] for stage in machine["stages"]] == ["onboarding", "launched", "adoption", "over"]
    assert machine["transitions"][3] == {
        "key": "over",
        "from": {"key": "adoption"},
        "to": {"key": "over"},
        "kind": "EXIT",
        "triggers": ["finish"],
        "priority": 0,
        "after": None,
        "minDwell": "PT0S",
    }
    assert machine["measures"][0] == {"key": "setup", "weight": 3.0, "healthy": 80.0, "neutral": 40.0}
    assert (machine["triggers"], machine["rollUp"]) == (["advance", "auto", "finish"], "WEIGHTED")
    assert (machine["initial"], machine["alerts"]) == ({"key": "onboarding"}, [])


def test_a_machine_is_found_by_its_digest_and_its_id(door: Door) -> None:
    current = door.data('{ machine(segment: "starter") { id digest } }')["machine"]

    found = door.data(
        "query ($digest: String!, $id: ID!) { machine(digest: $digest) { id } node(id: $id) { id __typename } }",
        digest=current["digest"],
        id=current["id"],
    )

    assert found["machine"] == {"id": current["id"]}
    assert found["node"] == {"id": current["id"], "__typename": "Machine"}


def test_an_unknown_machine_is_null(door: Door) -> None:
    assert door.data('{ machine(segment: "none") { digest } }') == {"machine": None}
    assert door.data('{ machine(digest: "none") { digest } }') == {"machine": None}
    assert door.data('{ machine(digest: "a\\u0000") { digest } }') == {"machine": None}


def test_needs_a_segment_or_a_digest(door: Door) -> None:
    assert door.error("{ machine { digest } }")["message"] == "`segment` or `digest` is needed; you gave neither"


def test_lists_segments_with_their_current_machine(door: Door) -> None:
    (segment,) = door.data("{ segments { id key title rank publishedAt publishedBy digest machine { digest } } }")[
        "segments"
    ]

    assert segment["machine"] == {"digest": segment["digest"]}
    assert (segment["key"], segment["title"], segment["rank"]) == ("starter", "Starter lifecycle", 10)
    assert (segment["publishedAt"], segment["publishedBy"]) == ("2026-03-02T09:00:00Z", "root")
    again = door.data("query ($id: ID!) { node(id: $id) { ... on Segment { key } } }", id=segment["id"])
    assert again == {"node": {"key": "starter"}}


def test_a_cta_is_a_node(door: Door) -> None:
    (cta,) = door.data('{ account(key: "ACME") { openCtas { id } } }')["account"]["openCtas"]

    found = door.data("query ($id: ID!) { node(id: $id) { id ... on Cta { title } } }", id=cta["id"])

    assert found == {"node": {"id": cta["id"], "title": "Hold the kickoff"}}


def test_a_node_that_is_gone_is_null(door: Door) -> None:
    ids = [
        global_id("Account", "00000000-0000-0000-0000-000000000000"),
        global_id("Cta", "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"),
        global_id("Machine", "none"),
        global_id("Segment", "none"),
        global_id("HistoryRecord", "00000000-0000-0000-0000-000000000000", 1),
    ]

    assert [door.data("query ($id: ID!) { node(id: $id) { id } }", id=each) for each in ids] == [{"node": None}] * 5


def test_says_who_asks(door: Door, token_of: Callable[[Role], str]) -> None:
    viewer = door.as_token(token_of(Role.VIEWER)).data("{ viewer { name roles capabilities } }")["viewer"]

    assert viewer == {"name": "viewer", "roles": ["VIEWER"], "capabilities": ["READ", "READ_HISTORY"]}


def test_whoever_may_not_read_is_told_so(door: Door, token_of: Callable[[Role], str]) -> None:
    error = door.as_token(token_of(Role.INGEST)).error('{ account(key: "ACME") { key } }')

    assert (error["extensions"]["code"], error["path"]) == ("forbidden", ["account"])
