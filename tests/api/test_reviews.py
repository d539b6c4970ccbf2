"""An auditor reviews history, asks, is answered, compares dates, verifies and takes proofs away."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.ids import global_id
from api.scalars import write_instant
from lifecycle_fsm.domain.access import Portfolio, Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verification import verify_next_part
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN
from tests.api.door import Door
from tests.builders import day
from tests.fakes import Clock

ACME = account_id_for("ACME")
ID = global_id("Account", ACME)

SAY = """mutation ($input: %sInput!) { %s(input: $input) { __typename
  ... on ReviewMarked { replayed mark { id kind accountId seq author comment questionId } }
  ... on Problem { code message } } }"""
MARKS = """query ($filter: ReviewMarkFilter) { reviewMarks(first: 10, filter: $filter) { totalCount nodes {
  id kind comment account { key } answers { comment author } } } }"""
DUTIES = """query ($since: DateTime!, $until: DateTime!) { separationOfDuties(since: $since, until: $until) {
  ownChanges { author publishedBy isSelfApproved } ownOverrides { seq kind cause actor } } }"""
VERIFY = """query ($id: ID) { verifyHistory(accountId: $id) {
  holds accounts records decided assigned migrated undecided { key records inWords } unproven
  failed checkpoints flaws { check accountId seq } } }"""


@pytest.fixture
def auditor(door: Door, token_of: Callable[[Role], str]) -> Door:
    return door.as_token(token_of(Role.AUDITOR))


def say(door: Door, field: str, **given: Any) -> dict[str, Any]:
    name = field[0].upper() + field[1:]
    answer: dict[str, Any] = door.data(SAY % (name, field), input=given)[field]
    return answer


def test_a_question_is_open_until_it_is_answered(auditor: Door, door: Door) -> None:
    asked = say(auditor, "raiseQuestion", accountId=ID, seq=1, comment="Why so early?", idempotencyKey="q")
    open_before = auditor.data(MARKS, filter={"openOnly": True})["reviewMarks"]
    say(door, "answerQuestion", questionId=asked["mark"]["id"], comment="They asked for it.", idempotencyKey="a")

    shown = auditor.data(MARKS, filter={"kinds": ["QUESTION"]})["reviewMarks"]["nodes"]
    assert (open_before["totalCount"], open_before["nodes"][0]["comment"]) == (1, "Why so early?")
    assert auditor.data(MARKS, filter={"openOnly": True})["reviewMarks"]["nodes"] == []
    assert [each["account"] for each in shown] == [{"key": "ACME"}]
    assert [each["answers"] for each in shown] == [[{"comment": "They asked for it.", "author": "admin"}]]


def test_marking_twice_with_one_key_marks_once(auditor: Door) -> None:
    given = {"accountId": ID, "comment": "Looks right.", "idempotencyKey": "m"}

    first, second = (say(auditor, "markReviewed", **given) for _ in range(2))
    other = say(auditor, "markReviewed", **{**given, "comment": "Looks wrong."})

    assert (first["replayed"], second["replayed"], second["mark"]) == (False, True, first["mark"])
    assert other["code"] == "IDEMPOTENCY_CONFLICT"
    assert auditor.data(MARKS)["reviewMarks"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"accountId": ID, "seq": 99}, "INVALID_INPUT"),
        ({"seq": 1}, "INVALID_INPUT"),
        ({}, "INVALID_INPUT"),
        ({"accountId": ID, "since": write_instant(day(2)), "before": write_instant(day(1))}, "INVALID_INPUT"),
        ({"accountId": global_id("Account", account_id_for("NONE"))}, "UNKNOWN_ACCOUNT"),
    ],
)
def test_a_mark_is_about_something_that_there_is(auditor: Door, given: dict[str, Any], code: str) -> None:
    assert say(auditor, "markReviewed", **given, comment="x", idempotencyKey="m")["code"] == code
    assert auditor.data(MARKS)["reviewMarks"]["totalCount"] == 0


def test_only_those_who_may_review_and_see_the_account_mark_it(
    door: Door, world: World, token_of: Callable[[Role], str]
) -> None:
    foreign = issue_token(world, ADMIN, "eve", [Role.AUDITOR], None, portfolio=Portfolio(csms=frozenset({"eve"}))).token
    given = {"accountId": ID, "comment": "x", "idempotencyKey": "m"}

    assert say(door.as_token(token_of(Role.CSM)), "markReviewed", **given)["code"] == "FORBIDDEN"
    assert say(door.as_token(foreign), "markReviewed", **given)["code"] == "UNKNOWN_ACCOUNT"


def test_erasure_takes_what_was_said_about_the_account(auditor: Door, world: World) -> None:
    say(auditor, "raiseQuestion", accountId=ID, comment="Is Jane Doe still there?", idempotencyKey="q")
    erase_account(world, ADMIN, ACME, "Art. 17")

    assert auditor.data(MARKS)["reviewMarks"]["nodes"] == []
    assert auditor.data(VERIFY, id=None)["verifyHistory"]["holds"] is True


def test_duties_that_one_person_had_alone_are_reported(auditor: Door, world: World) -> None:
    fire_transition(world, ADMIN, FireTransition(ACME, "advance", "o-1"))
    insisted = FireTransition(ACME, "advance", "o-2", None, "the customer insists", override=True)
    fire_transition(world, ADMIN, insisted)

    found = auditor.data(DUTIES, since=write_instant(day(-1)), until=write_instant(day(1)))["separationOfDuties"]
    later = auditor.data(DUTIES, since=write_instant(day(1)), until=write_instant(day(2)))["separationOfDuties"]

    assert found["ownChanges"] == [{"author": "root", "publishedBy": "root", "isSelfApproved": False}]
    assert found["ownOverrides"] == [{"seq": 3, "kind": "MOVED", "cause": "OVERRIDE", "actor": "root"}]
    assert later == {"ownChanges": [], "ownOverrides": []}


def test_history_is_verified_and_proved_to_somebody_outside(auditor: Door, world: World) -> None:
    sign_checkpoint(world, ADMIN, make_signer("log"))
    reach_milestone(world, ADMIN, ReachMilestone(ACME, "kickoff_done", "v-1"))
    sign_checkpoint(world, ADMIN, make_signer("log2"))

    whole = auditor.data(VERIFY, id=None)["verifyHistory"]
    one = auditor.data(VERIFY, id=ID)["verifyHistory"]
    sizes = [each["size"] for each in auditor.data("{ checkpoints { size note } }")["checkpoints"]]
    asked = f'{{ inclusionProof(accountId: "{ID}", seq: 2) {{ format file document }} }}'
    proof = auditor.data(asked)["inclusionProof"]
    growth = auditor.data(f"{{ consistencyProof(oldSize: {sizes[1]}, newSize: {sizes[0]}) {{ file }} }}")

    assert (whole["holds"], whole["checkpoints"], one["holds"], one["records"]) == (True, 2, True, 2)
    assert proof["format"] == "lifecycle-inclusion/v1"
    assert proof["document"] == json.loads(proof["file"])
    assert (json.loads(proof["file"])["seq"], json.loads(growth["consistencyProof"]["file"])["format"]) == (
        2,
        "lifecycle-consistency/v1",
    )


def test_a_report_counts_apart_what_no_guard_decided(auditor: Door, world: World) -> None:
    reach_milestone(world, ADMIN, ReachMilestone(ACME, "kickoff_done", "u-1"))
    fire_transition(world, ADMIN, FireTransition(ACME, "advance", "u-2", None, "they insist", override=True))

    found = auditor.data(VERIFY, id=None)["verifyHistory"]

    assert found == {
        "holds": True,
        "accounts": 1,
        "records": 3,
        "decided": 0,
        "assigned": 1,
        "migrated": 0,
        "undecided": [
            {"key": "milestone_reached", "records": 1, "inWords": "1 milestone dated by a person"},
            {"key": "override", "records": 1, "inWords": "1 override of guards"},
        ],
        "unproven": 0,
        "failed": 0,
        "checkpoints": 0,
        "flaws": [],
    }


AT = """query ($id: ID!, $asOf: DateTime!, $known: DateTime) { account(id: $id) { at(asOf: $asOf, asKnownAt: $known) {
  asOf segmentKey stage { key } milestones { key isReached } openCtas { title } } } }"""
DIFFERENCE = """query ($id: ID!, $since: DateTime!) { account(id: $id) { difference(since: $since) {
  aspect key before after } } }"""


def test_an_account_is_read_as_it_stood_and_compared_with_today(auditor: Door, world: World, clock: Clock) -> None:
    clock.turn(days=2)
    reach_milestone(world, ADMIN, ReachMilestone(ACME, "kickoff_done", "d-1"))
    fire_transition(world, ADMIN, FireTransition(ACME, "advance", "d-2", None, "on site", override=True))

    then = auditor.data(AT, id=ID, asOf=write_instant(day(1)))["account"]["at"]
    before = auditor.data(AT, id=ID, asOf=write_instant(day(-1)))["account"]["at"]
    unknown = auditor.data(AT, id=ID, asOf=write_instant(day(2)), known=write_instant(day(1)))["account"]["at"]
    changes = auditor.data(DIFFERENCE, id=ID, since=write_instant(day(1)))["account"]["difference"]

    assert (then["stage"]["key"], then["segmentKey"]) == ("onboarding", "starter")
    assert [each["title"] for each in then["openCtas"]] == ["Hold the kickoff"]
    assert [each["isReached"] for each in then["milestones"] if each["key"] == "kickoff_done"] == [False]
    assert (before, unknown["stage"]["key"]) == (None, "onboarding")
    assert [(each["aspect"], each["key"], each["before"], each["after"]) for each in changes] == [
        ("STAGE", "", "onboarding", "adoption"),
        ("MILESTONE", "kickoff_done", None, (day(2)).isoformat()),
    ]


START = """mutation ($input: StartVerificationInput!) { startVerification(input: $input) { __typename
  ... on VerificationStarted { verification { id percentage finishedAt } } ... on Problem { code } } }"""
FOUND = """query ($id: ID!) { node(id: $id) { id ... on Verification { actor accountId percentage finishedAt
  report { holds records } } } verification(id: $id) { id } verifications(first: 1) { totalCount nodes { id } } }"""


def test_a_verification_is_asked_for_and_read_later(auditor: Door, world: World, clock: Clock) -> None:
    started = auditor.data(START, input={"idempotencyKey": "v1", "accountId": ID})["startVerification"]["verification"]
    other = auditor.data(START, input={"idempotencyKey": "v1"})["startVerification"]
    while verify_next_part(world, "worker"):
        pass
    found = auditor.data(FOUND, id=started["id"])

    assert (started["percentage"], started["finishedAt"]) == (0, None)
    assert other == {"__typename": "IdempotencyConflict", "code": "IDEMPOTENCY_CONFLICT"}
    assert found["node"] == {
        "id": started["id"],
        "actor": found["node"]["actor"],
        "accountId": ID,
        "percentage": 100,
        "finishedAt": write_instant(clock()),
        "report": {"holds": True, "records": 1},
    }
    assert found["verification"] == {"id": started["id"]}
    assert found["verifications"] == {"totalCount": 1, "nodes": [{"id": started["id"]}]}
