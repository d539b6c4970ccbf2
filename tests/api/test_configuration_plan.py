"""A change of definitions planned, approved and applied over HTTP, with every outcome."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.app import create_app
from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.configure import published_files
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from tests.api.conftest import ADMIN, an_account, register
from tests.api.counting import counted
from tests.api.definitions import CATALOG, SEGMENT
from tests.api.door import JSON, Door
from tests.builders import MONDAY
from tests.fakes import Clock

LOOSER = SEGMENT.replace(
    b"""        trigger: [advance]
        requires: [kickoff_done]
        when: {measure: setup, at_least: 80}
""",
    b"""        trigger: [auto, advance]
        priority: 5
        when: {measure: setup, at_least: 50}
        do: [{close_ctas: {reason: kickoff, outcome: superseded}}]
""",
)
RENAMED = LOOSER.replace(b"  onboarding:", b"  welcome:").replace(b"initial: onboarding", b"initial: welcome")

PROBLEM = "__typename ... on Problem { code message } ... on InvalidInput { path }"
PLAN = f"""mutation ($input: PlanConfigurationInput!) {{ planConfiguration(input: $input) {{ {PROBLEM}
    ... on InvalidConfiguration {{ check {{ isValid diagnostics {{ code place {{ line }} }} }} }}
    ... on ConfigurationPlanned {{ plan {{ id digest plannedBy asOf existing effects isComplete changesNothing
        missing {{ lack segment stage accounts }} mapping {{ segment from to clock isChosen }} }} }} }} }}"""
APPROVE = f"""mutation ($input: ApprovePlanInput!) {{ approvePlan(input: $input) {{ {PROBLEM}
    ... on PlanApproved {{ plan {{ id approvals {{ approvedBy approvedAt comment }} }} }} }} }}"""
APPLY = f"""mutation ($input: ApplyConfigurationInput!) {{ applyConfiguration(input: $input) {{ {PROBLEM}
    ... on PlanIncomplete {{ plan {{ missing {{ lack }} }} }} ... on StalePlan {{ plan {{ digest }} }}
    ... on NotApproved {{ plan {{ digest }} }}
    ... on ConfigurationApplied {{ changed segments {{ key digest }}
        migration {{ migrated reassigned withoutLanding moved ctasOpened changedMeanwhile failed }}
        plan {{ id publications {{ publishedBy reason rollOutPercent }} }} }} }} }}"""
NOWHERE = global_id("ConfigurationPlan", "0" * 64)


def files(segment: bytes) -> list[JSON]:
    texts = {"catalog.yaml": CATALOG, "segments/starter.yaml": segment}
    return [{"name": name, "content": text.decode()} for name, text in texts.items()]


def plan(door: Door, segment: bytes = LOOSER, **given: Any) -> JSON:
    command = {"files": files(segment), "existing": "EVALUATE", **given}
    outcome: JSON = door.data(PLAN, input=command)["planConfiguration"]
    return outcome


def planned(door: Door, segment: bytes = LOOSER, **given: Any) -> JSON:
    outcome = plan(door, segment, **given)
    assert outcome["__typename"] == "ConfigurationPlanned", outcome
    found: JSON = outcome["plan"]
    return found


def approve(door: Door, plan_id: str, **given: Any) -> JSON:
    outcome: JSON = door.data(APPROVE, input={"planId": plan_id, **given})["approvePlan"]
    return outcome


def apply(door: Door, plan_id: str, **given: Any) -> JSON:
    outcome: JSON = door.data(APPLY, input={"planId": plan_id, **given})["applyConfiguration"]
    return outcome


def read(door: Door, plan_id: str, selection: str) -> JSON:
    found: JSON = door.data(f"query ($id: ID!) {{ plan(id: $id) {{ {selection} }} }}", id=plan_id)["plan"]
    return found


def stage_of(door: Door, key: str) -> str:
    found: str = door.data("query ($key: String!) { account(key: $key) { stage { key } } }", key=key)["account"][
        "stage"
    ]["key"]
    return found


@pytest.fixture
def beta(world: World) -> None:
    """BETA is set up to 60 %: the looser rules would move it, the present ones do not."""
    register(world, an_account("BETA", setup=60))


@pytest.fixture
def careful(world: World, settings: Settings, door: Door) -> Door:
    """The door of a world in which a plan needs the approval of somebody else."""
    app = create_app(replace(world, approval=True), settings)
    return Door(app, door.token, door.runner)


@pytest.fixture
def second(world: World, door: Door) -> Door:
    """The door for another admin."""
    return door.as_token(issue_token(world, ADMIN, "second", [Role.ADMIN], None).token)


def test_says_what_changes_in_the_rules(door: Door, beta: None) -> None:
    made = planned(door)

    (segment,) = read(
        door,
        made["id"],
        """segments { segment title change accounts beforeDigest afterDigest before { digest } after { digest }
        parts { part key change edits { path before after } }
        meanings { key sense gained { key value } lost { key value } } }""",
    )["segments"]

    assert (made["plannedBy"], made["asOf"], made["existing"], made["effects"]) == (
        "admin",
        "2026-03-02T09:00:00Z",
        "EVALUATE",
        False,
    )
    assert (segment["segment"], segment["title"], segment["change"], segment["accounts"]) == (
        "starter",
        "Starter lifecycle",
        "CHANGED",
        2,
    )
    assert segment["before"] == {"digest": segment["beforeDigest"]}
    assert segment["after"] is None
    assert segment["beforeDigest"] != segment["afterDigest"]
    (part,) = segment["parts"]
    assert (part["part"], part["key"], part["change"]) == ("TRANSITION", "onboarding.onboarded", "CHANGED")
    assert {"path": "when.at_least", "before": "80", "after": "50"} in part["edits"]
    (meaning,) = segment["meanings"]
    assert (meaning["key"], meaning["sense"], meaning["lost"]) == ("onboarding.onboarded", "LOOSER", None)
    assert {field["key"]: field["value"] for field in meaning["gained"]}["measure.setup"] == "50"


def test_says_what_would_happen_to_accounts(door: Door, beta: None) -> None:
    made = planned(door)

    (segment,) = read(
        door,
        made["id"],
        """segments { stages { stage landsIn clock accounts moving { count samples { key name } } staying { count }
            blocked { count } unblocked { count samples { key } } }
        moves { from to path accounts { count samples { key } } }
        exits { stage transition trigger blocked { count } unblocked { count } }
        deeds { deed subject accounts { count samples { key } } } arrivals { fromSegment } }""",
    )["segments"]

    assert segment["stages"] == [
        {
            "stage": "onboarding",
            "landsIn": "onboarding",
            "clock": "KEEP",
            "accounts": 2,
            "moving": {"count": 1, "samples": [{"key": "BETA", "name": "Beta Inc."}]},
            "staying": {"count": 1},
            "blocked": {"count": 0},
            "unblocked": {"count": 1, "samples": [{"key": "BETA"}]},
        }
    ]
    assert segment["moves"] == [
        {
            "from": "onboarding",
            "to": "adoption",
            "path": ["onboarded"],
            "accounts": {"count": 1, "samples": [{"key": "BETA"}]},
        }
    ]
    assert segment["exits"] == [
        {
            "stage": "onboarding",
            "transition": "onboarded",
            "trigger": trigger,
            "blocked": {"count": 0},
            "unblocked": {"count": 1},
        }
        for trigger in ("advance", "auto")
    ]
    assert segment["deeds"] == [
        {"deed": "CTA_CLOSES", "subject": "kickoff_call", "accounts": {"count": 1, "samples": [{"key": "BETA"}]}}
    ]
    assert segment["arrivals"] == []


def test_planning_changes_nothing(door: Door, beta: None) -> None:
    before = door.data('{ machine(segment: "starter") { digest } account(key: "BETA") { revision } }')

    planned(door)

    assert door.data('{ machine(segment: "starter") { digest } account(key: "BETA") { revision } }') == before


def test_the_same_definitions_change_nothing(door: Door) -> None:
    assert planned(door, SEGMENT)["changesNothing"] is True


def test_definitions_with_errors_are_not_planned(door: Door) -> None:
    outcome = plan(door, SEGMENT.replace(b"to: launched", b"to: lunched"))

    assert (outcome["__typename"], outcome["code"]) == ("InvalidConfiguration", "INVALID_CONFIGURATION")
    assert outcome["check"]["isValid"] is False
    assert "unknown-stage" in [each["code"] for each in outcome["check"]["diagnostics"]]
    assert door.data("{ plans(first: 1) { nodes { id } } }") == {"plans": {"nodes": []}}


def test_a_stage_that_is_gone_needs_a_landing(door: Door, beta: None) -> None:
    open_ended = planned(door, RENAMED)
    mapped = planned(door, RENAMED, mapping=[{"from": "onboarding", "to": "welcome", "clock": "RESTART"}])

    assert open_ended["missing"] == [{"lack": "MAPPING", "segment": "starter", "stage": "onboarding", "accounts": 2}]
    assert open_ended["isComplete"] is False
    assert (mapped["missing"], mapped["isComplete"]) == ([], True)
    assert mapped["mapping"] == [
        {"segment": None, "from": "onboarding", "to": "welcome", "clock": "RESTART", "isChosen": True}
    ]


def test_landings_of_the_files_are_shown_beside_those_chosen(door: Door) -> None:
    written = RENAMED.replace(b"stages:", b"migrations:\n  onboarding: welcome\nstages:", 1)

    made = planned(door, written, mapping=[{"segment": "starter", "from": "onboarding", "to": "launched"}])

    assert made["mapping"] == [
        {"segment": "starter", "from": "onboarding", "to": "launched", "clock": "KEEP", "isChosen": True},
        {"segment": "starter", "from": "onboarding", "to": "welcome", "clock": "KEEP", "isChosen": False},
    ]


def test_what_becomes_of_existing_accounts_has_to_be_said(door: Door) -> None:
    made = planned(door, existing=None)

    assert made["missing"] == [{"lack": "EXISTING", "segment": None, "stage": None, "accounts": 0}]
    assert apply(door, made["id"])["plan"] == {"missing": [{"lack": "EXISTING"}]}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"files": []}, ["input", "files"]),
        ({"files": [{"name": "\u0000", "content": ""}]}, ["input", "files", "0", "name"]),
        ({"mapping": [{"from": "", "to": "x"}]}, ["input", "mapping", "0", "from"]),
        ({"mapping": [{"from": "a.b", "to": "x"}]}, ["input", "mapping", "0", "from"]),
        ({"mapping": [{"from": "a", "to": "x:restart"}]}, ["input", "mapping", "0", "to"]),
        ({"mapping": [{"from": "a", "to": "adoption", "segment": " "}]}, ["input", "mapping", "0", "segment"]),
        ({"mapping": [{"from": "a", "to": "adoption"}] * 2}, ["input", "mapping", "1", "from"]),
        ({"mapping": [{"from": "a", "to": "adoption"}] * 1001}, ["input", "mapping"]),
        ({"mapping": [{"from": "a", "to": "nowhere"}]}, ["input", "mapping"]),
    ],
)
def test_refuses_what_cannot_be_planned(door: Door, given: JSON, path: list[str]) -> None:
    outcome = plan(door, **given)

    assert (outcome["__typename"], outcome["code"], outcome["path"]) == ("InvalidInput", "INVALID_INPUT", path)


def test_applies_the_plan_and_takes_accounts_over(door: Door, beta: None) -> None:
    made = planned(door)

    outcome = apply(door, made["id"], reason="Autumn rules")

    assert outcome["__typename"] == "ConfigurationApplied"
    assert outcome["changed"] == ["starter"]
    assert outcome["migration"] == {
        "migrated": 2,
        "reassigned": 0,
        "withoutLanding": 0,
        "moved": 1,
        "ctasOpened": 0,
        "changedMeanwhile": 0,
        "failed": 0,
    }
    assert outcome["plan"] == {
        "id": made["id"],
        "publications": [{"publishedBy": "admin", "reason": "Autumn rules", "rollOutPercent": 100}],
    }
    assert (stage_of(door, "ACME"), stage_of(door, "BETA")) == ("onboarding", "adoption")
    digest = read(door, made["id"], "segments { afterDigest after { digest } }")["segments"][0]
    assert digest["after"] == {"digest": digest["afterDigest"]}
    assert outcome["segments"] == [{"key": "starter", "digest": digest["afterDigest"]}]


def test_a_publication_says_how_far_accounts_have_gone_over(door: Door, beta: None) -> None:
    apply(door, planned(door)["id"])

    asked = "{ publications(first: 5) { nodes { plan { id } migration { total left migrated moved failed } } } }"
    nodes = door.data(asked)["publications"]["nodes"]

    (made,) = [each["migration"] for each in nodes if each["plan"] is not None]
    assert made == {"total": 2, "left": 0, "migrated": 2, "moved": 1, "failed": 0}


def test_applying_again_takes_nobody_over_twice(door: Door, beta: None) -> None:
    made = planned(door)
    apply(door, made["id"])

    again = apply(door, made["id"])

    assert (again["changed"], again["migration"]["migrated"], again["migration"]["moved"]) == ([], 0, 0)


def test_only_new_accounts_get_the_new_rules_where_it_is_asked_for(door: Door, beta: None) -> None:
    made = planned(door)

    outcome = apply(door, made["id"], rollOutPercent=0)

    assert (outcome["migration"]["migrated"], outcome["plan"]["publications"][0]["rollOutPercent"]) == (0, 0)
    assert stage_of(door, "BETA") == "onboarding"


def test_a_plan_whose_base_has_changed_is_stale(door: Door) -> None:
    first, second = planned(door), planned(door, SEGMENT.replace(b"at_least: 80}", b"at_least: 70}"))
    apply(door, second["id"])

    outcome = apply(door, first["id"])

    assert (outcome["__typename"], outcome["code"]) == ("StalePlan", "STALE_PLAN")
    assert outcome["plan"] == {"digest": first["digest"]}


def test_a_plan_is_stale_when_accounts_have_changed_and_that_matters(door: Door, world: World) -> None:
    made = planned(door)
    register(world, an_account("GAMMA"))

    strict, lenient = apply(door, made["id"], sameAccounts=True), apply(door, made["id"])

    assert (strict["__typename"], lenient["__typename"]) == ("StalePlan", "ConfigurationApplied")


def test_an_incomplete_plan_is_not_applied(door: Door) -> None:
    made = planned(door, RENAMED)

    outcome = apply(door, made["id"])

    assert (outcome["__typename"], outcome["code"]) == ("PlanIncomplete", "PLAN_INCOMPLETE")
    assert outcome["plan"] == {"missing": [{"lack": "MAPPING"}]}
    assert read(door, made["id"], "publications { id }") == {"publications": []}


def test_somebody_else_has_to_agree_where_that_is_needed(careful: Door, second: Door) -> None:
    made = planned(careful)

    before = apply(careful, made["id"])
    approved = approve(second, made["id"], comment="Read it")
    after = apply(careful, made["id"])

    assert (before["__typename"], before["code"]) == ("NotApproved", "NOT_APPROVED")
    assert before["plan"] == {"digest": made["digest"]}
    assert approved["plan"]["approvals"] == [
        {"approvedBy": "second", "approvedAt": "2026-03-02T09:00:00Z", "comment": "Read it"}
    ]
    assert after["__typename"] == "ConfigurationApplied"


def test_agreeing_twice_changes_nothing(door: Door, second: Door) -> None:
    made = planned(door)

    outcomes = [approve(second, made["id"]) for _ in range(2)]

    assert [len(outcome["plan"]["approvals"]) for outcome in outcomes] == [1, 1]


def test_nobody_agrees_to_a_plan_of_their_own(door: Door) -> None:
    outcome = approve(door, planned(door)["id"])

    assert (outcome["__typename"], outcome["code"]) == ("Forbidden", "FORBIDDEN")


@pytest.mark.parametrize("send", [approve, apply])
def test_an_unknown_plan_is_a_problem(door: Door, send: Callable[[Door, str], JSON]) -> None:
    outcome = send(door, NOWHERE)

    assert (outcome["__typename"], outcome["code"]) == ("PlanNotFound", "PLAN_NOT_FOUND")


@pytest.mark.parametrize("send", [approve, apply])
@pytest.mark.parametrize(
    "plan_id", ["x", global_id("Account", account_id_for("ACME")), global_id("ConfigurationPlan", "abcdef")]
)
def test_refuses_what_is_no_plan(door: Door, send: Callable[[Door, str], JSON], plan_id: str) -> None:
    outcome = send(door, plan_id)

    assert (outcome["__typename"], outcome["path"]) == ("InvalidInput", ["input", "planId"])


@pytest.mark.parametrize(
    ("send", "given", "name"),
    [
        (approve, {"comment": "a\nb"}, "comment"),
        (apply, {"reason": " "}, "reason"),
        (apply, {"rollOutPercent": 101}, "rollOutPercent"),
        (apply, {"rollOutPercent": -1}, "rollOutPercent"),
    ],
)
def test_refuses_values_beyond_their_limits(door: Door, send: Callable[..., JSON], given: JSON, name: str) -> None:
    outcome = send(door, planned(door)["id"], **given)

    assert (outcome["__typename"], outcome["path"]) == ("InvalidInput", ["input", name])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CSM, Role.AUDITOR, Role.INGEST])
def test_only_publishers_plan_approve_and_apply(door: Door, token_of: Callable[[Role], str], role: Role) -> None:
    made = planned(door)
    other = door.as_token(token_of(role))

    outcomes = [plan(other), approve(other, made["id"]), apply(other, made["id"])]

    assert [outcome["__typename"] for outcome in outcomes] == ["Forbidden"] * 3


def test_readers_see_plans_and_publications(door: Door, token_of: Callable[[Role], str]) -> None:
    made = planned(door)
    reader = door.as_token(token_of(Role.AUDITOR))

    assert read(reader, made["id"], "digest") == {"digest": made["digest"]}
    assert door.as_token(token_of(Role.INGEST)).error("{ plans(first: 1) { nodes { id } } }")["extensions"]["code"] == (
        "forbidden"
    )


def test_a_plan_is_found_by_its_id_its_digest_and_as_a_node(door: Door) -> None:
    made = planned(door)

    found = door.data(
        """query ($id: ID!, $digest: String!) { byId: plan(id: $id) { id } byDigest: plan(digest: $digest) { id }
        node(id: $id) { __typename id } gone: plan(digest: "x\\u0000") { id } }""",
        id=made["id"],
        digest=made["digest"],
    )

    assert found == {
        "byId": {"id": made["id"]},
        "byDigest": {"id": made["id"]},
        "node": {"__typename": "ConfigurationPlan", "id": made["id"]},
        "gone": None,
    }
    assert door.error("{ plan { id } }")["message"] == "`id` or `digest` is needed; you gave neither"


def test_pages_through_plans_in_both_directions(door: Door) -> None:
    made = {
        planned(door, SEGMENT.replace(b"at_least: 80}", f"at_least: {limit}}}".encode()))["id"]
        for limit in (60, 70, 75)
    }
    page = """query ($first: Int, $last: Int, $after: String, $before: String) {
        plans(first: $first, last: $last, after: $after, before: $before) {
        totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

    whole = door.data(page, first=3)["plans"]
    front = door.data(page, first=2)["plans"]
    back = door.data(page, first=2, after=front["pageInfo"]["endCursor"])["plans"]
    end = door.data(page, last=1)["plans"]
    before = door.data(page, last=2, before=end["pageInfo"]["startCursor"])["plans"]

    assert {node["id"] for node in whole["nodes"]} == made
    assert front["nodes"] + back["nodes"] == whole["nodes"] == before["nodes"] + end["nodes"]
    assert (whole["totalCount"], front["pageInfo"]["hasNextPage"], back["pageInfo"]["hasNextPage"]) == (3, True, False)


def test_pages_through_publications_in_both_directions(door: Door, clock: Clock) -> None:
    clock.at += timedelta(minutes=1)
    apply(door, planned(door)["id"], reason="Looser")
    page = """query ($first: Int, $last: Int, $after: String, $before: String) {
        publications(first: $first, last: $last, after: $after, before: $before) { totalCount
        nodes { publishedBy reason rollOutPercent plan { digest } machines { segment machine { title } } catalogDigest }
        pageInfo { startCursor endCursor } } }"""

    whole = door.data(page, first=5)["publications"]
    newest = door.data(page, first=1)["publications"]
    oldest = door.data(page, first=1, after=newest["pageInfo"]["endCursor"])["publications"]
    before = door.data(page, last=1, before=oldest["pageInfo"]["startCursor"])["publications"]

    assert [(node["publishedBy"], node["reason"], node["rollOutPercent"]) for node in whole["nodes"]] == [
        ("admin", "Looser", 100),
        ("root", None, 0),
    ]
    assert [node["plan"] is None for node in whole["nodes"]] == [False, True]
    assert whole["nodes"][0]["machines"] == [{"segment": "starter", "machine": {"title": "Starter lifecycle"}}]
    assert newest["nodes"] + oldest["nodes"] == whole["nodes"]
    assert before["nodes"] == newest["nodes"]
    assert whole["totalCount"] == 2


@pytest.mark.parametrize("field", ["plans", "publications"])
@pytest.mark.parametrize(
    "cursor", ["x", "WyJwbGFucyIsMSwieCJd", "WyJwdWJsaWNhdGlvbnMiLDEsIngiXQ", "WyJoaXN0b3J5IiwxXQ"]
)
def test_refuses_the_cursor_of_another_list(door: Door, field: str, cursor: str) -> None:
    if (field, cursor) == ("plans", "WyJwbGFucyIsMSwieCJd"):
        assert door.data('{ plans(first: 1, after: "WyJwbGFucyIsMSwieCJd") { nodes { id } } }')["plans"] == {
            "nodes": []
        }
        return
    error = door.error(f'{{ {field}(first: 1, after: "{cursor}") {{ nodes {{ id }} }} }}')

    assert (error["extensions"]["code"], error["extensions"]["input"]) == ("invalid_input", "after")


def test_a_publication_is_a_node(door: Door) -> None:
    (made,) = door.data("{ publications(first: 1) { nodes { id } } }")["publications"]["nodes"]

    found = door.data("query ($id: ID!) { node(id: $id) { id ... on Publication { publishedBy } } }", id=made["id"])

    assert found == {"node": {"id": made["id"], "publishedBy": "root"}}


def test_a_segment_remembers_its_versions(door: Door) -> None:
    apply(door, planned(door)["id"])

    (segment,) = door.data(
        "{ segments { digest versions { digest isCurrent publishedAt publishedBy machine { digest } } } }"
    )["segments"]

    versions = segment["versions"]
    assert {version["publishedBy"]: version["isCurrent"] for version in versions} == {"admin": True, "root": False}
    assert [version["digest"] for version in versions if version["isCurrent"]] == [segment["digest"]]
    assert all(version["machine"] == {"digest": version["digest"]} for version in versions)


def test_statements_do_not_grow_with_plans_and_their_accounts(door: Door, world: World) -> None:
    everything = """{ plans(first: 100) { nodes { approvals { approvedBy } publications { plan { id } }
        base { machines { machine { id } } } left { samples { key } }
        segments { before { id } after { id } stages { moving { samples { key } } staying { samples { key } } }
        moves { accounts { samples { key } } } deeds { accounts { samples { key } } } } } }
        publications(first: 100) { nodes { plan { digest } machines { machine { id } } } }
        segments { versions { machine { id } } } }"""
    apply(door, planned(door)["id"])
    with counted() as for_one:
        door.data(everything)
    register(world, *(an_account(f"A{number:02}", setup=60) for number in range(30)))
    for limit in (40, 30, 20):
        made = planned(door, LOOSER.replace(b"at_least: 50}", f"at_least: {limit}}}".encode()))
        apply(door, made["id"])

    with counted() as for_many:
        found = door.data(everything)

    assert (len(found["plans"]["nodes"]), len(found["segments"][0]["versions"])) == (4, 5)
    assert len(for_many) <= len(for_one)


def test_a_plan_on_the_published_files_changes_nothing(door: Door) -> None:
    published = door.data("{ publishedConfiguration { name content } }")["publishedConfiguration"]
    outcome: JSON = door.data(PLAN, input={"files": published})["planConfiguration"]

    assert [file["name"] for file in published] == ["catalog.yaml", "segments/starter.yaml"]
    assert outcome["__typename"] == "ConfigurationPlanned"
    assert (outcome["plan"]["changesNothing"], outcome["plan"]["isComplete"]) == (True, True)


def test_nothing_is_published_in_a_new_store(database_url: str) -> None:
    world = World(Database(database_url), Clock(MONDAY))
    found = published_files(world, ADMIN)
    world.database.dispose()

    assert found == {}
