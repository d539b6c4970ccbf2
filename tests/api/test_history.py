"""An auditor reads the history of all accounts: filtered, in pages, with the evidence, and told in words."""

from collections.abc import Callable
from typing import Any

import pytest

from api.ids import global_id
from api.scalars import write_instant
from lifecycle_fsm.domain.access import Portfolio, Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.door import Door
from tests.builders import day
from tests.fakes import Clock

ACME, BETA = account_id_for("ACME"), account_id_for("BETA")

HISTORY = """query ($filter: HistoryFilter, $order: HistoryOrder, $first: Int, $after: String, $last: Int,
    $before: String) {
  history(filter: $filter, order: $order, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { id accountId account { key } seq kind transition actor machineDigest runId prevHash hash } } }"""
DECISION = """query ($id: ID!, $seq: Int!) { decision(accountId: $id, seq: $seq) {
  kind sentence evidence { isErased inputs { field value }
    findings { about verdict { truth leaves { subject truth actual required } } } } } }"""
STORY = """query ($id: ID!, $first: Int, $after: String) { account(id: $id) {
  story(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { seq sentence } } } }"""


BEGAN = (
    "root put the account into the segment Starter lifecycle, where it began in Onboarding; "
    "the CTA Hold the kickoff opened, due 2026-03-16."
)
REFUSED = (
    "root asked for onboarded and was refused, so the account stayed in Onboarding: Kickoff is not reached; "
    "Setup completion is not known, needs at least 80 %."
)

MOVED = (
    "root moved the account from Onboarding to Adoption by onboarded: Kickoff is reached; "
    "Setup completion is 90 %, as needed."
)


@pytest.fixture(autouse=True)
def happened(world: World, clock: Clock) -> None:
    """Ada is refused with ACME, dates its kickoff a day later, and moves it; BETA begins on the third day."""
    fire_transition(world, ADMIN, FireTransition(ACME, "advance", "h-1"))
    clock.turn(days=1)
    reach_milestone(world, ADMIN, ReachMilestone(ACME, "kickoff_done", "h-2"))
    record_facts(world, ADMIN, RecordFacts((FactRow(ACME, 90, measure="setup"),), "test", "h-3"))
    fire_transition(world, ADMIN, FireTransition(ACME, "advance", "h-4"))
    clock.turn(days=1)
    register(world, an_account("BETA"))


def seqs(door: Door, **chosen: Any) -> list[tuple[str, int]]:
    """The records that a filter chooses, oldest first."""
    found = door.data(HISTORY, filter=chosen, order={"descending": False}, first=100)["history"]
    assert found["totalCount"] == len(found["nodes"])
    names = {global_id("Account", ACME): "ACME", global_id("Account", BETA): "BETA"}
    return [(names[each["accountId"]], each["seq"]) for each in found["nodes"]]


def test_lists_everything_in_chains_that_hold(door: Door) -> None:
    found = door.data(HISTORY, order={"descending": False}, first=100)["history"]["nodes"]

    mine = [each for each in found if each["accountId"] == global_id("Account", ACME)]
    assert [(each["seq"], each["kind"], each["actor"]) for each in mine] == [
        (1, "ASSIGNED", "root"),
        (2, "REFUSED", "root"),
        (3, "MILESTONE_REACHED", "root"),
        (4, "MOVED", "root"),
    ]
    assert [each["prevHash"] for each in mine] == ["0" * 64, *(each["hash"] for each in mine[:-1])]
    assert [each["accountId"] for each in found[4:]] == [global_id("Account", BETA)]
    assert [each["account"]["key"] for each in found] == ["ACME"] * 4 + ["BETA"]


RECORD = """query ($id: ID!) { node(id: $id) { __typename id ... on HistoryRecord {
  accountId account { key } seq kind transition actor machineDigest runId prevHash hash } } }"""


def test_every_record_is_read_again_by_its_id(door: Door) -> None:
    found = door.data(HISTORY, order={"descending": False}, first=100)["history"]["nodes"]

    again = [door.data(RECORD, id=each["id"])["node"] for each in found]

    assert again == [{"__typename": "HistoryRecord", **each} for each in found]
    assert found[0]["id"] == global_id("HistoryRecord", ACME, 1)


def test_a_record_is_read_again_when_its_account_is_erased(door: Door, world: World) -> None:
    before = door.data(RECORD, id=global_id("HistoryRecord", ACME, 4))["node"]

    erase_account(world, ADMIN, ACME, "asked for")
    after = door.data(RECORD, id=global_id("HistoryRecord", ACME, 4))["node"]

    assert after == {**before, "account": None}


@pytest.mark.parametrize("seq", ["", "0", "01", "-1", "1/1", "one", "1234567890", "\u0661"])
def test_a_place_that_no_record_has_is_no_id(door: Door, seq: str) -> None:
    given = global_id("HistoryRecord", ACME, seq)

    answer = door.ask(RECORD, id=given)

    assert answer["data"] == {"node": None}
    assert [(error["extensions"]["code"], error["message"]) for error in answer["errors"]] == [
        ("invalid_input", f"{given[:60]!r} is not an id that this API gave; read it again")
    ]


def test_every_filter_chooses_its_records(door: Door) -> None:
    (moved,) = door.data(HISTORY, filter={"kinds": ["MOVED"]}, first=1)["history"]["nodes"]
    all_of_acme = [("ACME", seq) for seq in range(1, 5)]
    expected: list[tuple[dict[str, Any], list[tuple[str, int]]]] = [
        ({"accountIds": [global_id("Account", BETA)]}, [("BETA", 1)]),
        ({"segments": ["starter"]}, [*all_of_acme, ("BETA", 1)]),
        ({"segments": ["other"]}, []),
        ({"stages": ["adoption"]}, [("ACME", 4)]),
        ({"fromStages": ["onboarding"], "toStages": ["adoption"]}, [("ACME", 4)]),
        ({"toStages": ["onboarding"]}, [("ACME", 1), ("ACME", 2), ("ACME", 3), ("BETA", 1)]),
        ({"transitions": ["onboarded"], "kinds": ["MOVED"]}, [("ACME", 4)]),
        ({"subjects": ["kickoff_done"]}, [("ACME", 3)]),
        ({"kinds": ["MOVED", "REFUSED"]}, [("ACME", 2), ("ACME", 4)]),
        ({"causes": ["PERSON"]}, [("ACME", 2), ("ACME", 3), ("ACME", 4)]),
        ({"actors": ["root"], "stages": ["adoption"]}, [("ACME", 4)]),
        ({"actors": ["nobody"]}, []),
        ({"machineDigests": [moved["machineDigest"]]}, [*all_of_acme, ("BETA", 1)]),
        ({"runId": moved["runId"]}, [("ACME", 4)]),
        ({"effective": {"since": write_instant(day(1)), "before": write_instant(day(2))}}, [("ACME", 3), ("ACME", 4)]),
        ({"recorded": {"before": write_instant(day(1))}}, [("ACME", 1), ("ACME", 2)]),
    ]

    assert [(chosen, seqs(door, **chosen)) for chosen, _ in expected] == expected


@pytest.mark.parametrize("field", ["RECORDED_AT", "EFFECTIVE_AT"])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_give_each_record_once_in_both_directions(door: Door, field: str, descending: bool) -> None:
    order = {"field": field, "descending": descending}
    whole = [each["id"] for each in door.data(HISTORY, order=order, first=100)["history"]["nodes"]]

    forth, cursor, more = [], None, True
    while more:
        page = door.data(HISTORY, order=order, first=2, after=cursor)["history"]
        forth += [each["id"] for each in page["nodes"]]
        cursor, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    back: list[str] = []
    cursor, more = None, True
    while more:
        page = door.data(HISTORY, order=order, last=2, before=cursor)["history"]
        back = [each["id"] for each in page["nodes"]] + back
        cursor, more = page["pageInfo"]["startCursor"], page["pageInfo"]["hasPreviousPage"]

    assert len(whole) == 5
    assert (forth, back) == (whole, whole)


def test_a_cursor_of_another_order_is_refused(door: Door) -> None:
    cursor = door.data(HISTORY, first=1)["history"]["pageInfo"]["endCursor"]

    error = door.error(HISTORY, first=1, after=cursor, order={"field": "EFFECTIVE_AT"})

    assert error["extensions"]["code"] == "invalid_input"


def test_a_portfolio_limits_the_list_and_single_records(door: Door, world: World) -> None:
    foreign = issue_token(world, ADMIN, "eve", [Role.AUDITOR], None, portfolio=Portfolio(csms=frozenset({"eve"}))).token

    asks = door.as_token(foreign)

    assert asks.data(HISTORY, first=10)["history"]["nodes"] == []
    assert asks.data(DECISION, id=global_id("Account", ACME), seq=1) == {"decision": None}


def test_ingest_may_not_read_history(door: Door, token_of: Callable[[Role], str]) -> None:
    error = door.as_token(token_of(Role.INGEST)).error(HISTORY, first=1)

    assert error["extensions"]["code"] == "forbidden"


def test_a_decision_comes_with_every_input_and_leaf(door: Door) -> None:
    found = door.data(DECISION, id=global_id("Account", ACME), seq=2)["decision"]

    (finding,) = found["evidence"]["findings"]
    assert (found["kind"], finding["about"], finding["verdict"]["truth"]) == ("REFUSED", "onboarded", "FAILS")
    leaf = finding["verdict"]["leaves"][0]
    assert (leaf["subject"], leaf["truth"], leaf["required"]) == ("Kickoff", "FAILS", "reached")
    assert {"field": "milestone.kickoff_done", "value": None} in found["evidence"]["inputs"]


def test_the_story_is_told_from_the_beginning_in_words(door: Door) -> None:
    first = door.data(STORY, id=global_id("Account", ACME), first=3)["account"]["story"]
    rest = door.data(STORY, id=global_id("Account", ACME), first=3, after=first["pageInfo"]["endCursor"])

    told = [*first["nodes"], *rest["account"]["story"]["nodes"]]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
    assert [each["seq"] for each in told] == [1, 2, 3, 4]
    assert [each["sentence"] for each in told] == [
        BEGAN,
        REFUSED,
        "root dated the milestone Kickoff; Kickoff was reached on 2026-03-03.",
        MOVED,
    ]


def test_an_erased_account_keeps_its_story_without_evidence(door: Door, world: World) -> None:
    erase_account(world, ADMIN, ACME, "Art. 17")

    found = door.data(DECISION, id=global_id("Account", ACME), seq=4)["decision"]
    assert found["evidence"] == {"isErased": True, "inputs": [], "findings": []}
    assert found["sentence"] == (
        "root moved the account from Onboarding to Adoption by onboarded: its evidence is no longer kept."
    )
