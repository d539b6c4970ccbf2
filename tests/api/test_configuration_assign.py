"""Accounts put into segments by hand, with every outcome."""

from collections.abc import Callable
from typing import Any

import pytest

from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN
from tests.api.definitions import FILES, SEGMENT
from tests.api.door import JSON, Door

ACME = global_id("Account", account_id_for("ACME"))
NOBODY = global_id("Account", "00000000-0000-0000-0000-000000000000")
ASSIGN = """mutation ($input: AssignSegmentInput!) { assignSegment(input: $input) {
    __typename ... on Problem { code message } ... on InvalidInput { path } ... on StaleRevision { actual }
    ... on SegmentAssigned { replayed records { kind cause actor reason }
        account { id isAssignedByHand revision segment { key } stage { key enteredAt } openCtas { template } } } } }"""
SECOND = (
    SEGMENT.replace(b"segment: starter", b"segment: special")
    .replace(b"title: Starter lifecycle", b"title: Special lifecycle")
    .replace(b"applies_to: {when: {fact: arr, at_least: 1}}", b"applies_to: {manual: true}")
    .replace(b"  launched:", b"  live:")
    .replace(b"to: launched", b"to: live")
)


@pytest.fixture(autouse=True)
def special(world: World) -> None:
    """A second segment that takes accounts by hand only, with `live` instead of `launched`."""
    assert isinstance(publish(world, ADMIN, {**FILES, "segments/special.yaml": SECOND}), Published)


def assign(door: Door, **given: Any) -> JSON:
    command = {"accountId": ACME, "segment": "special", "reason": "Sponsor asked", "idempotencyKey": "a1", **given}
    outcome: JSON = door.data(ASSIGN, input=command)["assignSegment"]
    return outcome


def test_puts_an_account_into_a_segment(door: Door) -> None:
    outcome = assign(door)

    assert outcome["__typename"] == "SegmentAssigned"
    assert outcome["account"] == {
        "id": ACME,
        "isAssignedByHand": True,
        "revision": 2,
        "segment": {"key": "special"},
        "stage": {"key": "onboarding", "enteredAt": "2026-03-02T09:00:00Z"},
        "openCtas": [{"template": "kickoff_call"}],
    }
    assert outcome["records"] == [
        {"kind": "REASSIGNED", "cause": "PERSON", "actor": "admin", "reason": "Sponsor asked"}
    ]
    assert door.data('{ account(key: "ACME") { segment { key } } }') == {"account": {"segment": {"key": "special"}}}


def test_another_stage_may_be_chosen(door: Door) -> None:
    outcome = assign(door, stage="live", byHand=False)

    assert (outcome["account"]["stage"]["key"], outcome["account"]["isAssignedByHand"]) == ("live", False)


def test_the_same_key_gives_the_same_outcome(door: Door) -> None:
    first, again = assign(door), assign(door)

    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again["account"]["revision"] == first["account"]["revision"]
    assert again["records"] == first["records"]


def test_a_key_of_another_command_is_a_conflict(door: Door) -> None:
    assign(door)

    assert assign(door, segment="starter")["code"] == "IDEMPOTENCY_CONFLICT"


def test_an_unknown_segment_is_a_problem(door: Door) -> None:
    outcome = assign(door, segment="golden")

    assert (outcome["__typename"], outcome["code"]) == ("MachineNotFound", "MACHINE_NOT_FOUND")
    assert "'golden'" in outcome["message"]


def test_an_unknown_account_is_a_problem(door: Door) -> None:
    assert assign(door, accountId=NOBODY)["code"] == "UNKNOWN_ACCOUNT"


def test_a_revision_that_is_gone_is_stale(door: Door) -> None:
    outcome = assign(door, expectedRevision=0)

    assert (outcome["code"], outcome["actual"]) == ("STALE_REVISION", 1)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"accountId": "x"}, "accountId"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"stage": "launched"}, "stage"),
        ({"idempotencyKey": ""}, "idempotencyKey"),
    ],
)
def test_refuses_what_cannot_be_assigned(door: Door, given: JSON, name: str) -> None:
    outcome = assign(door, **given)

    assert (outcome["__typename"], outcome["path"]) == ("InvalidInput", ["input", name])
    assert door.data('{ account(key: "ACME") { revision } }') == {"account": {"revision": 1}}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CSM, Role.AUDITOR, Role.INGEST])
def test_only_publishers_assign(door: Door, token_of: Callable[[Role], str], role: Role) -> None:
    assert assign(door.as_token(token_of(role)))["code"] == "FORBIDDEN"


def test_an_account_that_no_rule_takes_any_more_is_shown(door: Door, world: World) -> None:
    register_accounts(world, ADMIN, [AccountRow("ACME", "Acme", facts={"arr": 0})], "test")

    found = door.data("{ accountsAdrift { segment accounts { count samples { id } } } }")

    assert found == {"accountsAdrift": [{"segment": "starter", "accounts": {"count": 1, "samples": [{"id": ACME}]}}]}
