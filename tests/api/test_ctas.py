"""CTAs and success plans through the door: worked on, listed, explained, and told as one story."""

from datetime import timedelta
from typing import Any

import pytest

from api.ids import global_id
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.counting import counted
from tests.api.definitions import RICH
from tests.api.door import Door
from tests.builders import MONDAY
from tests.fakes import Clock

ACME = global_id("Account", account_id_for("ACME"))
BETA = global_id("Account", account_id_for("BETA"))

CHANGED = """__typename ... on CtaChanged { cta { id title status owner } records { kind } replayed }
    ... on Problem { code message }"""


@pytest.fixture
def rich(world: World) -> World:
    """The same segment with alerts, plans, and CTAs that rest."""
    published = publish(world, ADMIN, RICH)
    assert isinstance(published, Published), published
    register(world, an_account("BETA"))
    return world


def the_open(door: Door, key: str = "BETA") -> dict[str, Any]:
    found = door.data(
        """query ($key: String!) { account(key: $key) { openCtas {
        id template isSnoozed tasks { key doneAt } progress comments { text } } } }""",
        key=key,
    )["account"]["openCtas"]
    return {cta["template"]: cta for cta in found}


def do(door: Door, mutation: str, **given: object) -> dict[str, Any]:
    kind = mutation[0].upper() + mutation[1:]
    query = f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ {CHANGED} }} }}"
    answer: dict[str, Any] = door.data(query, input={"idempotencyKey": f"{mutation}-{given}"[:200], **given})[mutation]
    return answer


def test_a_chain_is_told_as_one_story(door: Door, rich: World) -> None:
    kickoff = the_open(door)["kickoff_call"]["id"]

    closed = door.data(
        """mutation ($input: CloseCtaInput!) { closeCta(input: $input) { ... on CtaClosed {
        cta { closeSource closing { seq chain { kind toStageKey effects { kind template }
            because { about verdict { truth leaves { text } } } } followedBy { kind }
        causedBy { kind } } } records { seq causedBy { seq } } } } }""",
        input={"ctaId": kickoff, "outcome": "SUCCESS", "idempotencyKey": "k"},
    )["closeCta"]

    closing = closed["cta"]["closing"]
    assert closed["cta"]["closeSource"] == "PERSON"
    assert [(row["kind"], row["toStageKey"]) for row in closing["chain"]] == [
        ("CTA_CLOSED", "onboarding"),
        ("MOVED", "launched"),
    ]
    assert [(each["kind"], each["template"]) for each in closing["chain"][1]["effects"]] == [
        ("CTA_OPENED", "launch_call"),
        ("PLAN_OPENED", None),
        ("CTA_OPENED", "goals"),
        ("CTA_OPENED", "training"),
    ]
    assert (closing["causedBy"], closing["followedBy"]) == (None, [{"kind": "MOVED"}])
    assert [row["because"] for row in closing["chain"]] == [
        None,
        {
            "about": "kicked_off",
            "verdict": {"truth": "HOLDS", "leaves": [{"text": "success closed CTAs about kickoff are 1, as needed"}]},
        },
    ]
    first, second = closed["records"]
    assert (first["causedBy"], second["causedBy"]) == (None, {"seq": first["seq"]})


def test_a_cta_is_worked_on_deed_by_deed(door: Door, rich: World, clock: Clock) -> None:
    cta = the_open(door)["kickoff_call"]["id"]
    until = (clock() + timedelta(days=2)).isoformat()

    answers = [
        do(door, "updateCta", ctaId=cta, title="Hold it soon", owner="bob", isFlagged=True),
        do(door, "setCtaTask", ctaId=cta, task="invite", isDone=True),
        do(door, "commentCta", ctaId=cta, text="They are on holiday"),
        do(door, "linkCta", ctaId=cta, link={"kind": "ticket", "reference": "T-1", "url": "https://example.com/1"}),
        do(door, "snoozeCta", ctaId=cta, until=until),
    ]
    shown = the_open(door)["kickoff_call"]

    assert [(each["__typename"], each["records"][0]["kind"]) for each in answers] == [("CtaChanged", "CTA_CHANGED")] * 5
    assert answers[-1]["cta"] == {"id": cta, "title": "Hold it soon", "status": "IN_PROGRESS", "owner": "bob"}
    assert (shown["isSnoozed"], shown["progress"], shown["comments"]) == (True, 50.0, [{"text": "They are on holiday"}])
    assert do(door, "unlinkCta", ctaId=cta, kind="ticket", reference="T-2")["code"] == "INVALID_INPUT"


def test_a_cta_is_opened_by_hand_unless_its_place_is_taken(door: Door, rich: World) -> None:
    query = """mutation ($input: OpenCtaInput!) { openCta(input: $input) { __typename
        ... on CtaChanged { cta { subject owner links { kind reference } openedBy opening { kind } } }
        ... on CtaPlaceTaken { by { template } until } ... on UnknownTemplate { known } } }"""

    def ask(**given: object) -> Any:
        return door.data(query, input={"accountId": BETA, "idempotencyKey": str(given), **given})["openCta"]

    taken, unknown = ask(template="kickoff_call"), ask(template="kickof")
    about = {"subject": {"kind": "contract", "reference": "C-1"}}
    opened = ask(template="kickoff_call", links=[{"kind": "contract", "reference": "C-1"}], **about)

    assert taken == {"__typename": "CtaPlaceTaken", "by": {"template": "kickoff_call"}, "until": None}
    assert unknown["known"] == ["goals", "kickoff_call", "launch_call", "training", "usage_low"]
    assert opened["cta"] == {
        "subject": "contract:C-1",
        "owner": "ada",
        "links": [{"kind": "contract", "reference": "C-1"}],
        "openedBy": "admin",
        "opening": {"kind": "CTA_OPENED"},
    }


def test_a_list_across_accounts_says_what_is_due(door: Door, rich: World, clock: Clock) -> None:
    clock.at = MONDAY + timedelta(days=20)
    query = """{ ctas(first: 10, filter: {isOverdue: true, segments: ["starter"]}) { totalCount nodes {
        template account { key } ageDays daysPastDue dueDateVarianceDays isOverdue isClosedOverdue } } }"""

    with counted() as statements:
        found = door.data(query)["ctas"]

    assert found["totalCount"] == 2
    assert sorted(node["account"]["key"] for node in found["nodes"]) == ["ACME", "BETA"]
    assert {key: found["nodes"][0][key] for key in ("ageDays", "daysPastDue", "dueDateVarianceDays")} == {
        "ageDays": 20.0,
        "daysPastDue": 6.0,
        "dueDateVarianceDays": 0.0,
    }
    assert len(statements) <= 12


def test_many_are_given_to_another_owner(door: Door, rich: World) -> None:
    cta = the_open(door)["kickoff_call"]["id"]

    found = door.data(
        """mutation ($input: ChangeCtasInput!) { changeCtas(input: $input) { __typename ... on CtasChanged {
        changed hasMore rows { ctaId note } } } }""",
        input={"idempotencyKey": "k", "filter": {"owners": ["ada"], "templates": ["kickoff_call"]}, "owner": "bob"},
    )["changeCtas"]

    assert (found["changed"], found["hasMore"]) == (2, False)
    assert {"ctaId": cta, "note": "CHANGED"} in found["rows"]


MANY = """mutation ($input: ChangeCtasInput!) { changeCtas(input: $input) { ... on CtasChanged { changed replayed
    rows { note problems { path code message } cta { id owner status } account { key revision } } }
    ... on Problem { code message } ... on InvalidInput { path } } }"""


def test_of_many_those_of_an_account_that_has_changed_are_left(door: Door, rich: World) -> None:
    cta = the_open(door)["kickoff_call"]["id"]
    account = door.data('{ account(key: "BETA") { id revision } }')["account"]
    seen = {"accountId": account["id"], "revision": account["revision"]}
    given = {"ids": [cta], "owner": "bob", "expectedRevisions": [seen]}

    first = door.data(MANY, input={**given, "idempotencyKey": "k1"})["changeCtas"]
    stale = door.data(MANY, input={**given, "owner": "cleo", "idempotencyKey": "k2"})["changeCtas"]

    now = {"key": "BETA", "revision": account["revision"] + 1}
    after = {"cta": {"id": cta, "owner": "bob", "status": "NEW"}, "account": now}
    problem = {
        "path": ["input", "ids", "0"],
        "code": "stale_revision",
        "message": f"the account is at revision {now['revision']}, you expected {account['revision']}; "
        "read it again and decide anew",
    }
    assert first == {"changed": 1, "replayed": False, "rows": [{"note": "CHANGED", "problems": [], **after}]}
    assert stale == {"changed": 0, "replayed": False, "rows": [{"note": "FAILED", "problems": [problem], **after}]}


def test_of_many_each_that_is_left_says_why_at_its_place(door: Door, rich: World) -> None:
    cta = the_open(door)["kickoff_call"]["id"]
    unknown = global_id("Cta", account_id_for("BETA"), account_id_for("none"))
    strange = global_id("Cta", account_id_for("NOBODY"), account_id_for("none"))
    closing = {"ids": [cta, unknown, cta, strange], "outcome": "SUCCESS"}

    door.data(MANY, input={**closing, "idempotencyKey": "k1"})
    again = door.data(MANY, input={**closing, "idempotencyKey": "k2"})["changeCtas"]

    told = [(each["note"], [(p["path"][-1], p["code"]) for p in each["problems"]]) for each in again["rows"]]
    assert told == [
        ("ALREADY_CLOSED", [("0", "cta_already_closed")]),
        ("UNKNOWN", [("1", "unknown_cta")]),
        ("UNKNOWN", [("3", "unknown_cta")]),
    ]
    assert [each["account"] and each["account"]["key"] for each in again["rows"]] == ["BETA", "BETA", None]


def test_an_id_that_is_none_is_named_by_its_place(door: Door, rich: World) -> None:
    cta, account = the_open(door)["kickoff_call"]["id"], BETA
    given = {"idempotencyKey": "k", "owner": "bob"}
    expected = [{"accountId": account, "revision": 1}, {"accountId": cta, "revision": 1}]

    of_a_row = door.data(MANY, input={**given, "ids": [cta, account]})["changeCtas"]
    of_a_revision = door.data(MANY, input={**given, "ids": [cta], "expectedRevisions": expected})["changeCtas"]

    assert (of_a_row["code"], of_a_row["path"]) == ("INVALID_INPUT", ["input", "ids", "1"])
    assert of_a_revision["path"] == ["input", "expectedRevisions", "1", "accountId"]


WHY = """query ($cta: String, $transition: String, $alert: String, $milestone: String, $asOf: DateTime) {
    account(key: "BETA") {
    whyNot(cta: $cta, transition: $transition, alert: $alert, milestone: $milestone, asOf: $asOf) { __typename
    ... on WhyNoMilestone { milestone reachedAt isWatched verdict { truth summary } }
    ... on WhyNoCta { hindrance closing { summary } until blocker { template }
        askedBy { path verdict { summary } } suppressions { kind } }
    ... on WhyNoTransition { isInStage verdicts { trigger verdict { truth summary } } }
    ... on WhyNoAlert { isOn isWatched restsUntil verdict { truth } } } } }"""


def ask_why(door: Door, **asked: str) -> Any:
    return door.data(WHY, **asked)["account"]["whyNot"]


def test_says_why_a_cta_was_not_opened(door: Door, rich: World, clock: Clock) -> None:
    never = ask_why(door, cta="usage_low")
    register(rich, an_account("BETA", logins=3))
    taken = ask_why(door, cta="usage_low")
    clock.turn(days=1)
    register(rich, an_account("BETA", logins=60))
    evaluate_waiting(rich, ADMIN)
    cooling = ask_why(door, cta="usage_low")
    clock.turn(days=1)
    register(rich, an_account("BETA", logins=1))
    evaluate_waiting(rich, ADMIN)
    suppressed = ask_why(door, cta="usage_low")

    assert (never["hindrance"], never["askedBy"][0]["path"]) == ("NEVER_ASKED", "alerts.low_usage.open_cta")
    assert (taken["hindrance"], taken["blocker"]) == ("OPEN", {"template": "usage_low"})
    assert (cooling["hindrance"], cooling["until"]) == ("COOLING_DOWN", "2026-03-13T09:00:00Z")
    assert suppressed["suppressions"] == [{"kind": "ALERT_OPENED"}]
    assert ask_why(door, cta="usage_low", asOf=MONDAY.isoformat())["hindrance"] in ("NEVER_ASKED", "OPEN")
    assert ask_why(door, cta="no_such") is None


def test_a_rule_closes_a_cta_and_the_proof_holds(door: Door, rich: World, clock: Clock) -> None:
    opened = door.data(
        """mutation ($input: OpenCtaInput!) { openCta(input: $input) { ... on CtaChanged { cta { id } } } }""",
        input={"accountId": BETA, "template": "usage_low", "idempotencyKey": "k"},
    )["openCta"]["cta"]["id"]
    clock.turn(hours=1)
    register(rich, an_account("BETA", logins=60))
    evaluate_waiting(rich, ADMIN)

    query = """query ($id: ID!) { node(id: $id) { ... on Cta {
        closeSource outcome closing { kind subject cause } } } }"""
    cta = door.data(query, id=opened)["node"]
    proof = verify(rich, ADMIN)

    assert cta == {
        "closeSource": "RULE",
        "outcome": "SUCCESS",
        "closing": {"kind": "CTA_CLOSED", "subject": "usage_low", "cause": "AUTOMATIC"},
    }
    assert (proof.flaws, proof.decided >= 1) == ([], True)


def test_says_why_a_transition_and_an_alert_did_not_happen(door: Door, rich: World) -> None:
    transition, alert = ask_why(door, transition="onboarded"), ask_why(door, alert="low_usage")

    assert transition["isInStage"] is True
    assert [each["trigger"] for each in transition["verdicts"]] == ["advance"]
    assert transition["verdicts"][0]["verdict"]["truth"] == "FAILS"
    assert alert == {
        "__typename": "WhyNoAlert",
        "isOn": False,
        "isWatched": True,
        "restsUntil": None,
        "verdict": {"truth": "UNKNOWN"},
    }


def test_says_why_data_dates_no_milestone_and_no_rule_closes_a_cta(door: Door, rich: World) -> None:
    waiting = ask_why(door, milestone="first_login")
    register(rich, an_account("BETA", logins=3))
    reached, closing = ask_why(door, milestone="first_login"), ask_why(door, cta="usage_low")["closing"]

    assert (waiting["reachedAt"], waiting["isWatched"]) == (None, True)
    assert waiting["verdict"]["truth"] == "UNKNOWN"
    assert (reached["reachedAt"], reached["verdict"]["truth"]) == ("2026-03-02T09:00:00Z", "HOLDS")
    assert closing == {"summary": "Logins in 30 days is 3 logins, needs at least 50 logins: 47 logins short."}
    assert ask_why(door, milestone="kickoff_done") is None


SHOWN = "id status progress nextStatuses objectives { template isRequired status }"
PLAN = f"plan {{ {SHOWN} }} records {{ kind }}"


def test_a_success_plan_takes_legal_steps_only(door: Door, rich: World) -> None:
    opened = door.data(
        f"""mutation ($input: OpenSuccessPlanInput!) {{ openSuccessPlan(input: $input) {{
        ... on SuccessPlanChanged {{ {PLAN} }} }} }}""",
        input={"accountId": BETA, "type": "success", "idempotencyKey": "k", "isDraft": True},
    )["openSuccessPlan"]

    def become(status: str) -> Any:
        return door.data(
            f"""mutation ($input: SetSuccessPlanStatusInput!) {{ setSuccessPlanStatus(input: $input) {{ __typename
            ... on SuccessPlanChanged {{ {PLAN} }} ... on IllegalPlanStatus {{ allowed message }} }} }}""",
            input={"planId": opened["plan"]["id"], "status": status, "idempotencyKey": status},
        )["setSuccessPlanStatus"]

    refused, active = become("COMPLETED"), become("ACTIVE")
    again = door.data(
        """mutation ($input: OpenSuccessPlanInput!) { openSuccessPlan(input: $input) {
        ... on SuccessPlanOpen { plan { status } } } }""",
        input={"accountId": BETA, "type": "success", "idempotencyKey": "again"},
    )["openSuccessPlan"]
    goals = the_open(door)["goals"]["id"]
    door.data(
        """mutation ($input: CloseCtaInput!) { closeCta(input: $input) { __typename } }""",
        input={"ctaId": goals, "outcome": "SUCCESS", "idempotencyKey": "goals"},
    )
    plan = door.data(
        f"query ($id: ID!) {{ node(id: $id) {{ ... on SuccessPlan {{ {PLAN[7:-19]} }} }} }}", id=opened["plan"]["id"]
    )

    assert (opened["plan"]["status"], opened["plan"]["objectives"]) == ("DRAFT", [])
    assert (refused["__typename"], refused["allowed"]) == ("IllegalPlanStatus", ["ACTIVE", "ABANDONED"])
    assert [each["isRequired"] for each in active["plan"]["objectives"]] == [True, False]
    assert again == {"plan": {"status": "ACTIVE"}}
    assert (plan["node"]["status"], plan["node"]["progress"], plan["node"]["nextStatuses"]) == ("COMPLETED", 100.0, [])
    assert [each["status"] for each in plan["node"]["objectives"]] == ["CLOSED", "CLOSED"]


def test_the_lead_of_a_csm_owns_what_falls_to_leads(door: Door, rich: World) -> None:
    door.data(
        """mutation ($input: RecordPeopleInput!) { recordPeople(input: $input) { __typename } }""",
        input={"people": [{"id": "ada", "name": "Ada", "lead": "lea"}]},
    )
    kickoff = the_open(door)["kickoff_call"]["id"]
    door.data(
        """mutation ($input: CloseCtaInput!) { closeCta(input: $input) { __typename } }""",
        input={"ctaId": kickoff, "outcome": "SUCCESS", "idempotencyKey": "k"},
    )

    found = door.data(
        """{ ctas(first: 5, filter: {owners: ["lea"]}) { nodes { template dueAt } } people { id lead } }"""
    )

    assert found["ctas"]["nodes"] == [{"template": "launch_call", "dueAt": "2026-03-09T09:00:00Z"}]
    assert found["people"] == [{"id": "ada", "lead": "lea"}]


def test_what_ctas_are_opened_from_can_be_read(door: Door, rich: World) -> None:
    found = door.data(
        """{ ctaTemplates { key dueIn owners coolDown } playbooks { key tasks { key dueIn isRequired } }
        successPlanTypes { key completesItself objectives { template dueIn isRequired } } }"""
    )

    by_key = {each["key"]: each for each in found["ctaTemplates"]}
    assert by_key["launch_call"] == {
        "key": "launch_call",
        "dueIn": "5bd",
        "owners": ["csm_lead", "csm"],
        "coolDown": "P30D",
    }
    assert found["playbooks"][0]["tasks"][1] == {"key": "hold", "dueIn": "14d", "isRequired": False}
    assert found["successPlanTypes"][0]["objectives"] == [
        {"template": "goals", "dueIn": None, "isRequired": True},
        {"template": "training", "dueIn": "30d", "isRequired": False},
    ]


PAGE = """query ($key: String!) { account(key: $key) { id key name attributes { name value } csm csmName asOf revision
    segment { key title } machine { digest } isAssignedByHand nextCheckAt heldByUnknown
    stage { key enteredAt timeInStage pace }
    health { score band contributions { measure score band } }
    measures { key value } facts { key value } milestones { key reachedAt }
    availableTransitions { transition { key } trigger verdict { truth summary leaves { text distance } } }
    openCtas { id title owner dueAt isOverdue progress tasks { key doneAt } comments { text } links { reference }
      parent { id } children { id } opening { seq } }
    closedCtas(first: 10) { id outcome closing { seq chain { seq kind } } }
    successPlans { id status progress objectives { id } }
    history(first: 10) { totalCount nodes { seq kind effects { kind } chain { seq } } }
    whyNot(cta: "usage_low") { __typename } } }"""


def test_one_request_draws_the_whole_customer_page(door: Door, rich: World) -> None:
    kickoff = the_open(door)["kickoff_call"]["id"]
    door.data(
        """mutation ($input: CloseCtaInput!) { closeCta(input: $input) { __typename } }""",
        input={"ctaId": kickoff, "outcome": "SUCCESS", "idempotencyKey": "k"},
    )
    with counted() as few:
        door.data(PAGE, key="BETA")
    for number in range(8):
        do(door, "openCta", accountId=BETA, title=f"Call {number}", type="ACTIVITY", reason="goals")

    with counted() as many:
        page = door.data(PAGE, key="BETA")["account"]

    empty = [key for key, value in page.items() if value in (None, [], {})]
    assert set(empty) <= {"attributes", "csmName", "nextCheckAt", "heldByUnknown", "measures"}
    assert len(page["openCtas"]) == 11
    assert len(many) <= len(few)
    assert len(many) <= 40
