"""One account, with everything that is known and possible."""

from datetime import timedelta

from api.ids import global_id
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.browse import view_accounts
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.door import Door
from tests.builders import MONDAY
from tests.fakes import Clock

ACME = global_id("Account", account_id_for("ACME"))


def test_tells_where_an_account_stands_and_how_fast_it_moves(door: Door, clock: Clock) -> None:
    clock.at = MONDAY + timedelta(days=31, hours=4)

    account = door.data(
        """{ account(key: "ACME") { id key name csm revision asOf segment { key title rank } stage {
        key title isFinal enteredAt timeInStage pace expected stuckAfter cameFrom visit } } }"""
    )["account"]

    assert account == {
        "id": ACME,
        "key": "ACME",
        "name": "Acme Inc.",
        "csm": "ada",
        "revision": 1,
        "asOf": "2026-04-02T13:00:00Z",
        "segment": {"key": "starter", "title": "Starter lifecycle", "rank": 10},
        "stage": {
            "key": "onboarding",
            "title": "Onboarding",
            "isFinal": False,
            "enteredAt": "2026-03-02T09:00:00Z",
            "timeInStage": "P31DT4H",
            "pace": "BEHIND",
            "expected": "P30D",
            "stuckAfter": "P60D",
            "cameFrom": None,
            "visit": 1,
        },
    }


def test_says_until_when_a_stage_is_on_track_and_what_is_left(door: Door, clock: Clock) -> None:
    clock.at = MONDAY + timedelta(days=31, hours=4)

    account = door.data(
        """{ account(key: "ACME") { alerts { key isOn verdict { truth } }
        stage { behindAfter stuckAfterAt timeLeft daysInStage daysLeft } } }"""
    )["account"]

    assert account["alerts"] == []
    assert account["stage"] == {
        "behindAfter": "2026-04-01T09:00:00Z",
        "stuckAfterAt": "2026-05-01T09:00:00Z",
        "timeLeft": "-P1DT4H",
        "daysInStage": 31,
        "daysLeft": -2,
    }


def test_lists_visits_to_stages_and_what_they_come_to(door: Door, world: World, clock: Clock) -> None:
    clock.at = MONDAY + timedelta(days=2)
    (kickoff,) = view_accounts(world, ADMIN, [account_id_for("ACME")])[account_id_for("ACME")].lifecycle.ctas
    assert kickoff.id is not None
    close_cta(world, ADMIN, CloseCta(account_id_for("ACME"), kickoff.id, CtaOutcome.SUCCESS, "k"))
    clock.at = MONDAY + timedelta(days=3, hours=1)

    account = door.data(
        """{ account(key: "ACME") { stageVisits { segment stage title isRunning enteredAt exitedAt timeInStage
        daysInStage expected variance toStage transition healthScore healthBand }
        stageTotals { segment stage title visits firstEnteredAt latestEnteredAt latestExitedAt latestTime
        cumulativeTime cumulativeDays variance } } }"""
    )["account"]

    assert account["stageVisits"][0] == {
        "segment": "starter",
        "stage": "onboarding",
        "title": "Onboarding",
        "isRunning": False,
        "enteredAt": "2026-03-02T09:00:00Z",
        "exitedAt": "2026-03-04T09:00:00Z",
        "timeInStage": "P2D",
        "daysInStage": 2,
        "expected": "P30D",
        "variance": "-P28D",
        "toStage": "launched",
        "transition": "kicked_off",
        "healthScore": None,
        "healthBand": None,
    }
    running = account["stageVisits"][1]
    assert (running["stage"], running["isRunning"], running["exitedAt"]) == ("launched", True, None)
    assert (running["timeInStage"], running["expected"], running["variance"]) == ("P1DT1H", None, None)
    assert account["stageTotals"][1] == {
        "segment": "starter",
        "stage": "launched",
        "title": "Launched",
        "visits": 1,
        "firstEnteredAt": "2026-03-04T09:00:00Z",
        "latestEnteredAt": "2026-03-04T09:00:00Z",
        "latestExitedAt": None,
        "latestTime": "P1DT1H",
        "cumulativeTime": "P1DT1H",
        "cumulativeDays": 1,
        "variance": None,
    }
    assert account["stageTotals"][0]["variance"] == "-P28D"


def test_explains_the_health_score_measure_by_measure(door: Door, world: World) -> None:
    register(world, an_account("BETA", setup=80))

    health = door.data(
        """{ account(key: "BETA") { health { score band contributions {
        measure title unit weight value score band points absence healthy neutral observedAt } } } }"""
    )["account"]["health"]

    assert health == {
        "score": 75.0,
        "band": "HEALTHY",
        "contributions": [
            {
                "measure": "setup",
                "title": "Setup completion",
                "unit": "%",
                "weight": 3.0,
                "value": 80.0,
                "score": 75.0,
                "band": "HEALTHY",
                "points": 75.0,
                "absence": None,
                "healthy": 80.0,
                "neutral": 40.0,
                "observedAt": "2026-03-02T09:00:00Z",
            },
            {
                "measure": "logins",
                "title": "Logins in 30 days",
                "unit": "logins",
                "weight": 1.0,
                "value": None,
                "score": None,
                "band": None,
                "points": None,
                "absence": "MISSING",
                "healthy": 20.0,
                "neutral": 5.0,
                "observedAt": None,
            },
        ],
    }


def test_says_of_every_way_out_what_is_missing(door: Door, world: World) -> None:
    register(world, an_account("BETA", setup=55))

    ways = door.data(
        """{ account(key: "BETA") { heldByUnknown availableTransitions { trigger isAutomatic ready
        transition { key from { key } to { title } kind triggers }
        verdict { truth summary leaves {
        kind operator required actual actualValue truth gap distance unit text } } } } }"""
    )["account"]["availableTransitions"]

    assert [(way["trigger"], way["isAutomatic"], way["ready"]) for way in ways] == [
        ("advance", False, False),
        ("auto", True, False),
    ]
    assert ways[0]["transition"] == {
        "key": "onboarded",
        "from": {"key": "onboarding"},
        "to": {"title": "Adoption"},
        "kind": "ADVANCE",
        "triggers": ["advance"],
    }
    assert ways[0]["verdict"]["truth"] == "FAILS"
    kickoff, setup = ways[0]["verdict"]["leaves"]
    assert (kickoff["kind"], kickoff["operator"], kickoff["truth"]) == ("MILESTONE", "reached", "FAILS")
    assert setup == {
        "kind": "MEASURE",
        "operator": "at_least",
        "required": "at least 80 %",
        "actual": "55 %",
        "actualValue": 55.0,
        "truth": "FAILS",
        "gap": None,
        "distance": 25.0,
        "unit": "%",
        "text": "Setup completion is 55 %, needs at least 80 %: 25 % short",
    }


def test_says_that_a_missing_value_is_unknown(door: Door) -> None:
    ways = door.data(
        '{ account(key: "ACME") { availableTransitions { verdict { truth leaves { truth gap actual } } } } }'
    )["account"]["availableTransitions"]

    assert ways[0]["verdict"]["leaves"][1] == {"truth": "UNKNOWN", "gap": "MISSING", "actual": None}


def test_gives_measures_facts_and_milestones_with_their_dates(door: Door, world: World) -> None:
    register(world, an_account("BETA", logins=7))
    door.data(
        """mutation { recordFacts(input: {source: "crm", idempotencyKey: "k1", rows: [
        {accountKey: "BETA", fact: "renewal_on", value: "2026-12-31"},
        {accountKey: "BETA", fact: "notice_given", value: false}]}) { __typename } }"""
    )

    account = door.data(
        """{ account(key: "BETA") { measures { key title unit value observedAt } facts { key kind unit value }
        milestones { key title isReached reachedAt dueAt } } }"""
    )["account"]

    assert account == {
        "measures": [
            {
                "key": "logins",
                "title": "Logins in 30 days",
                "unit": "logins",
                "value": 7.0,
                "observedAt": "2026-03-02T09:00:00Z",
            }
        ],
        "facts": [
            {"key": "arr", "kind": "NUMBER", "unit": "USD", "value": 5000.0},
            {"key": "notice_given", "kind": "FLAG", "unit": None, "value": False},
            {"key": "renewal_on", "kind": "DAY", "unit": None, "value": "2026-12-31"},
        ],
        "milestones": [
            {
                "key": "kickoff_done",
                "title": "Kickoff",
                "isReached": False,
                "reachedAt": None,
                "dueAt": "2026-03-16T09:00:00Z",
            }
        ],
    }


def test_lists_open_ctas_with_their_tasks(door: Door) -> None:
    (cta,) = door.data(
        """{ account(key: "ACME") { openCtas { template title type reason priority status owner openedAt dueAt outcome
        tasks { key title dueAt isRequired doneAt doneBy } } } }"""
    )["account"]["openCtas"]

    assert cta == {
        "template": "kickoff_call",
        "title": "Hold the kickoff",
        "type": "LIFECYCLE",
        "reason": "kickoff",
        "priority": "MEDIUM",
        "status": "NEW",
        "owner": "ada",
        "openedAt": "2026-03-02T09:00:00Z",
        "dueAt": "2026-03-16T09:00:00Z",
        "outcome": None,
        "tasks": [
            {
                "key": "invite",
                "title": "Invite the sponsor",
                "dueAt": "2026-03-07T09:00:00Z",
                "isRequired": True,
                "doneAt": None,
                "doneBy": None,
            },
            {
                "key": "hold",
                "title": "Hold the call",
                "dueAt": "2026-03-16T09:00:00Z",
                "isRequired": False,
                "doneAt": None,
                "doneBy": None,
            },
        ],
    }


def test_pages_through_history_in_both_directions(door: Door) -> None:
    page = """query ($first: Int, $last: Int, $after: String, $before: String) { account(key: "ACME") {
        history(first: $first, last: $last, after: $after, before: $before) {
        totalCount nodes { seq kind toStage { title } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }"""
    door.data(
        """mutation ($id: ID!) { fireTransition(input: {accountId: $id, trigger: "advance", idempotencyKey: "k"})
        { __typename } }""",
        id=ACME,
    )

    newest = door.data(page, first=1)["account"]["history"]
    oldest = door.data(page, first=1, after=newest["pageInfo"]["endCursor"])["account"]["history"]
    from_the_end = door.data(page, last=1)["account"]["history"]

    assert newest["nodes"] == [{"seq": 2, "kind": "REFUSED", "toStage": {"title": "Onboarding"}}]
    assert (newest["totalCount"], newest["pageInfo"]["hasNextPage"]) == (2, True)
    assert oldest["nodes"] == [{"seq": 1, "kind": "ASSIGNED", "toStage": {"title": "Onboarding"}}]
    assert (oldest["pageInfo"]["hasNextPage"], oldest["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert from_the_end["nodes"] == oldest["nodes"]


def test_shows_what_a_record_did(door: Door) -> None:
    (record,) = door.data(
        """{ account(key: "ACME") { history(first: 1) { nodes { kind cause fromStage { key } machine { segmentKey }
        effects { kind template priority dueAt milestone } } } } }"""
    )["account"]["history"]["nodes"]

    assert (record["kind"], record["cause"], record["fromStage"]) == ("ASSIGNED", "AUTOMATIC", None)
    assert record["machine"] == {"segmentKey": "starter"}
    assert record["effects"] == [
        {
            "kind": "CTA_OPENED",
            "template": "kickoff_call",
            "priority": "MEDIUM",
            "dueAt": "2026-03-16T09:00:00Z",
            "milestone": None,
        }
    ]


def test_an_account_that_no_segment_takes_has_no_stage(door: Door, world: World) -> None:
    row = an_account("LONE")
    register(world, type(row)(row.key, row.name))

    account = door.data(
        """{ account(key: "LONE") { segment { key } machine { digest } stage { key } health { score contributions
        { measure } } availableTransitions { trigger } openCtas { id } milestones { key } revision } }"""
    )["account"]

    assert account == {
        "segment": None,
        "machine": None,
        "stage": None,
        "health": {"score": None, "contributions": []},
        "availableTransitions": [],
        "openCtas": [],
        "milestones": [],
        "revision": 0,
    }


def test_an_account_is_null_when_nobody_knows_it(door: Door) -> None:
    assert door.data('{ account(key: "NOBODY") { id } }') == {"account": None}


def test_an_account_is_found_by_id_and_by_node(door: Door) -> None:
    found = door.data(
        """query ($id: ID!) { account(id: $id) { key } node(id: $id) { __typename id ... on Account { key } } }""",
        id=ACME,
    )

    assert found == {"account": {"key": "ACME"}, "node": {"__typename": "Account", "id": ACME, "key": "ACME"}}


def test_refuses_an_id_that_is_none(door: Door) -> None:
    error = door.error('{ account(id: "x") { key } }')

    assert error["message"] == "'x' is not an id; expected one that a field `id` of this API gave"
    assert error["extensions"] == {"code": "invalid_input", "classification": "ValidationError", "input": "id"}
    assert error["path"] == ["account"]


def test_refuses_the_id_of_something_else(door: Door) -> None:
    error = door.error("query ($id: ID) { account(id: $id) { key } }", id=global_id("Segment", "starter"))

    assert error["message"].endswith("is the id of a Segment; expected that of an Account")


def test_needs_an_id_or_a_key(door: Door) -> None:
    assert door.error("{ account { key } }")["message"] == "`id` or `key` is needed; you gave neither"
    both = door.error('query ($id: ID) { account(id: $id, key: "ACME") { key } }', id=ACME)
    assert both["message"] == "`id` or `key` is needed; you gave both"
