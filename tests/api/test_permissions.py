"""Every field as every role, held to one table; and no way to an account outside the caller's portfolio."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from graphql import GraphQLObjectType, build_schema

from api.export import SCHEMA_FILE
from api.ids import global_id
from api.permissions import NEEDED
from lifecycle_fsm.domain.access import CAPABILITIES, Capability, Portfolio, Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.browse import view_accounts
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import FILES
from tests.api.door import Door
from tests.api.walking import Arguments, Walk, walks
from tests.databases import sqlite_database
from tests.usual import first

SCHEMA = build_schema(SCHEMA_FILE.read_text())
WALKS = list(walks(SCHEMA))
FOREIGN = account_id_for("FOREIGN")
FILE = json.dumps([{"name": name, "content": text.decode()} for name, text in FILES.items()])
FILE = FILE.replace('"name"', "name").replace('"content"', "content")

INPUTS = {
    "fireTransition": '{accountId: "ID", trigger: "advance", idempotencyKey: "walk"}',
    "recordFacts": '{rows: [{accountId: "ID", measure: "setup", value: 1}], source: "x", idempotencyKey: "walk"}',
    "reachMilestone": '{accountId: "ID", milestone: "kickoff_done", idempotencyKey: "walk"}',
    "revokeMilestone": '{accountId: "ID", milestone: "kickoff_done", reason: "x", idempotencyKey: "walk2"}',
    "redateMilestone": (
        '{accountId: "ID", milestone: "kickoff_done", reachedAt: "2026-03-01T00:00:00Z", reason: "x", '
        'idempotencyKey: "walk3"}'
    ),
    "registerAccounts": '{rows: [{key: "NEW", name: "New"}], source: "x", idempotencyKey: "walk4"}',
    "reachMilestones": '{rows: [{accountKey: "x", milestone: "kickoff_done"}], source: "x", idempotencyKey: "walk5"}',
    "undoRun": '{runId: "RUN", reason: "x"}',
    "startSweep": '{idempotencyKey: "walk19"}',
    "startVerification": '{idempotencyKey: "walk20"}',
    "rehearseSweep": "{}",
    "cancelSweep": '{runId: "RUN"}',
    "startBackFill": '{idempotencyKey: "walk-fill", since: "2026-03-02T00:00:00Z", until: "2026-03-03T00:00:00Z"}',
    "resumeRun": '{runId: "RUN"}',
    "closeCta": '{ctaId: "CTA", outcome: SUCCESS, idempotencyKey: "walk"}',
    "openCta": '{accountId: "ID", title: "x", type: ACTIVITY, reason: "x", idempotencyKey: "walk4"}',
    "updateCta": '{ctaId: "CTA", owner: "x", idempotencyKey: "walk5"}',
    "snoozeCta": '{ctaId: "CTA", idempotencyKey: "walk6"}',
    "reopenCta": '{ctaId: "CTA", idempotencyKey: "walk7"}',
    "setCtaTask": '{ctaId: "CTA", task: "invite", isDone: true, idempotencyKey: "walk8"}',
    "commentCta": '{ctaId: "CTA", text: "x", idempotencyKey: "walk9"}',
    "linkCta": '{ctaId: "CTA", link: {kind: "x", reference: "x"}, idempotencyKey: "walk10"}',
    "unlinkCta": '{ctaId: "CTA", kind: "x", reference: "x", idempotencyKey: "walk11"}',
    "changeCtas": '{ids: ["CTA"], owner: "x", idempotencyKey: "walk12"}',
    "openSuccessPlan": '{accountId: "ID", type: "x", idempotencyKey: "walk13"}',
    "setSuccessPlanStatus": '{planId: "SUCCESS", status: ACTIVE, idempotencyKey: "walk14"}',
    "recordPeople": '{people: [{id: "x"}]}',
    "overrideHealth": (
        '{accountId: "ID", measure: "setup", value: 1, until: "2026-05-01T00:00:00Z", reason: "x", '
        'idempotencyKey: "walk15"}'
    ),
    "endHealthOverride": '{accountId: "ID", measure: "setup", reason: "x", idempotencyKey: "walk16"}',
    "pauseAccount": '{accountId: "ID", reason: "x", idempotencyKey: "walk17"}',
    "resumeAccount": '{accountId: "ID", reason: "x", idempotencyKey: "walk18"}',
    "assignSegment": '{accountId: "ID", segment: "starter", reason: "x", idempotencyKey: "walk"}',
    "planConfiguration": "{files: FILES}",
    "approvePlan": '{planId: "PLAN"}',
    "applyConfiguration": '{planId: "PLAN"}',
    "replayDeliveries": '{ids: ["DELIVERY"]}',
    "purgeDeliveries": '{ids: ["DELIVERY"]}',
    "markReviewed": '{accountId: "ID", comment: "x", idempotencyKey: "walk30"}',
    "raiseQuestion": '{accountId: "ID", comment: "x", idempotencyKey: "walk31"}',
    "answerQuestion": '{questionId: "MARK", comment: "x", idempotencyKey: "walk32"}',
    "issueToken": '{name: "walk", roles: [VIEWER]}',
    "revokeToken": '{tokenId: "TOKEN"}',
    "eraseAccount": '{accountId: "NOBODY", ground: "x"}',
    "eraseTexts": '{markId: "MARK", ground: "x"}',
}
"""What each mutation is given by the walk."""

IDS = {
    "PLAN": global_id("ConfigurationPlan", "0" * 64),
    "DELIVERY": global_id("Delivery", FOREIGN, FOREIGN, "x"),
    "SUCCESS": global_id("SuccessPlan", FOREIGN, FOREIGN),
    "MARK": global_id("ReviewMark", FOREIGN),
    "RUN": global_id("Run", FOREIGN),
    "VERIFICATION": global_id("Verification", FOREIGN),
    "TOKEN": global_id("Token", "0" * 64),
    "NOBODY": global_id("Account", UUID(int=0)),
}


@pytest.fixture
def database_url(tmp_path: Path, migrated_file: Path) -> Iterator[str]:
    """SQLite only: permissions are decided before any database is asked, portfolios are tested on both below."""
    with sqlite_database(tmp_path, migrated_file) as url:
        yield url


def arguments(account: str, cta: str) -> Arguments:
    """Fields that are about one thing are asked about this account."""
    return {
        "Query.account": f'(id: "{account}")',
        "Query.separationOfDuties": '(since: "2026-01-01T00:00:00Z", until: "2027-01-01T00:00:00Z")',
        "Query.inclusionProof": f'(accountId: "{account}", seq: 1)',
        "Query.consistencyProof": "(oldSize: 1, newSize: 2)",
        "Query.verifyHistory": f'(accountId: "{account}")',
        "Account.at": '(asOf: "2026-03-02T00:00:00Z")',
        "Account.difference": '(since: "2026-03-01T00:00:00Z")',
        "Query.decision": f'(accountId: "{account}", seq: 1)',
        "Query.node": f'(id: "{cta}")',
        "Query.verification": f'(id: "{IDS["VERIFICATION"]}")',
        "Query.run": f'(id: "{IDS["RUN"]}")',
        "Query.machine": '(segment: "starter")',
        "Query.plan": f'(id: "{IDS["PLAN"]}")',
        "Query.checkConfiguration": f"(files: {FILE})",
        "Query.simulateConfiguration": (
            f'(files: {FILE}, period: {{from: "2026-02-01T00:00:00Z", to: "2026-03-01T00:00:00Z", step: "P7D"}})'
        ),
        "Machine.export": "(format: MERMAID)",
        "Reports.stageCompliance": '(stage: "setup", withinDays: 30)',
        "Reports.measure": '(key: "setup")',
        "Reports.funnel": "(withinDays: 30)",
        "Reports.stageMatrix": '(since: "2026-02-01T00:00:00Z")',
        "Reports.milestone": '(key: "kickoff_done", withinDays: 30)',
        "Reports.healthTrend": '(dates: ["2026-02-01T00:00:00Z"])',
        "Reports.movers": '(since: "2026-02-01T00:00:00Z")',
        "Account.healthAt": '(asOf: "2026-03-01T00:00:00Z")',
        "Account.measureHistory": '(measure: "setup", since: "2026-02-01T00:00:00Z", first: 2)',
        "Account.closedCtas": "(first: 5)",
        "Account.whyNot": '(cta: "kickoff_call")',
    }


def ids_of(world: World, key: str) -> tuple[str, str]:
    """The ids of an account and of its CTA."""
    account_id = account_id_for(key)
    (view,) = view_accounts(world, ADMIN, [account_id]).values()
    (cta,) = view.lifecycle.ctas
    assert cta.id is not None
    return global_id("Account", account_id), global_id("Cta", account_id, cta.id)


def filled(template: str, ids: tuple[str, str]) -> str:
    """The input of a mutation for an account and its CTA."""
    account, cta = ids
    given = template.replace("FILES", FILE).replace('"ID"', f'"{account}"').replace('"CTA"', f'"{cta}"')
    for mark, an_id in IDS.items():
        given = given.replace(f'"{mark}"', f'"{an_id}"')
    return given


def test_the_table_lists_every_root_field() -> None:
    roots = [named for named in (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type) if named]
    listed = {coordinate for coordinate in NEEDED if coordinate.split(".")[0] in {named.name for named in roots}}

    assert {f"{named.name}.{name}" for named in roots for name in named.fields} == listed


def test_the_table_lists_only_fields_that_there_are() -> None:
    for coordinate in NEEDED:
        type_name, _, name = coordinate.partition(".")
        named = SCHEMA.type_map[type_name]
        assert isinstance(named, GraphQLObjectType)
        assert name in named.fields


UNDER_NOTHING = {"Portfolio.accounts"}
"""Fields below something that a caller without limits does not have; tried by a test of their own."""


@pytest.mark.parametrize("role", Role)
def test_every_field_is_open_to_the_roles_of_the_table(
    door: Door, world: World, token_of: Callable[[Role], str], role: Role
) -> None:
    asks = door.as_token(token_of(role))
    given = arguments(*ids_of(world, "ACME"))
    wrong = []
    for walk in WALKS:
        answer = asks.ask(walk.document(given))
        refused = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert refused <= {"forbidden"}, (walk.document(given), answer["errors"])
        if any(step.coordinate in UNDER_NOTHING for step in walk.steps):
            continue
        lacking = {each["capability"] for each in answer["extensions"].get("lacking", ())}
        expected = {capability.name for capability in needed_of(walk) - CAPABILITIES[role]}
        if bool(refused) != bool(expected) or lacking != expected:
            wrong.append((".".join(step.field for step in walk.steps), refused, lacking))

    assert wrong == []
    assert len(WALKS) > 100


@pytest.mark.parametrize("role", Role)
def test_a_record_by_its_id_is_open_to_whoever_may_read_history(
    door: Door, token_of: Callable[[Role], str], role: Role
) -> None:
    given = global_id("HistoryRecord", ACME, 1)

    answer = door.as_token(token_of(role)).ask("query ($id: ID!) { node(id: $id) { id } }", id=given)

    if Capability.READ_HISTORY in CAPABILITIES[role]:
        assert (answer["data"], "errors" in answer) == ({"node": {"id": given}}, False)
    else:
        assert answer["data"] == {"node": None}
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["forbidden"]


def needed_of(walk: Walk) -> set[Capability]:
    """What the fields of a way need, those that the table does not list nothing of their own."""
    found = {NEEDED.get(step.coordinate) for step in walk.steps}
    return {capability for capability in found if capability is not None}


@pytest.mark.parametrize("role", Role)
def test_every_mutation_is_open_to_the_roles_of_the_table(
    door: Door, world: World, token_of: Callable[[Role], str], role: Role
) -> None:
    assert SCHEMA.mutation_type is not None
    asks = door.as_token(token_of(role))
    ids = ids_of(world, "ACME")
    outcomes = {}
    for name in SCHEMA.mutation_type.fields:
        given = filled(INPUTS[name], ids)
        outcome = next(iter(asks.data(f"mutation {{ {name}(input: {given}) {{ __typename }} }}").values()))
        outcomes[name] = outcome["__typename"] != "Forbidden"

    expected = {name: NEEDED[f"Mutation.{name}"] in CAPABILITIES[role] for name in outcomes}
    assert outcomes == expected


@pytest.fixture
def two_portfolios(world: World, door: Door) -> World:
    """ACME of Ada; FOREIGN of Bob, with history, a CTA, and a place in a plan."""
    register(world, replace(an_account("FOREIGN"), csm="foreign_csm"))
    changed = FILE.replace("at_least: 80", "at_least: 70")
    given = f"{{files: {changed}, existing: EVALUATE}}"
    planned = door.data(f"mutation {{ planConfiguration(input: {given}) {{ __typename }} }}")
    assert planned["planConfiguration"]["__typename"] == "ConfigurationPlanned"
    return world


ACME, NOBODY = account_id_for("ACME"), frozenset({"nobody"})
LIMITS = {
    "own accounts": Portfolio(csms=frozenset({"ada", "carl"})),
    "no account": Portfolio(csms=NOBODY),
    "another segment": Portfolio(segments=frozenset({"other"})),
    "one account": Portfolio(accounts=frozenset({ACME})),
    "one account besides": Portfolio(csms=NOBODY, segments=frozenset({"starter"}), accounts=frozenset({ACME})),
    "no accounts named": Portfolio(accounts=frozenset()),
}


def test_the_accounts_of_a_portfolio_are_for_readers(door: Door, world: World) -> None:
    query = "{ viewer { portfolio { accounts { key } } } }"
    found = {}
    for role in (Role.INGEST, Role.CSM):
        token = issue_token(world, ADMIN, role.value, [role], None, LIMITS["one account"]).token
        answer = door.as_token(token).ask(query)
        errors = [error["extensions"]["code"] for error in answer.get("errors", ())]
        found[role] = (answer["data"]["viewer"]["portfolio"]["accounts"], errors)

    assert found == {Role.INGEST: (None, ["forbidden"]), Role.CSM: ([{"key": "ACME"}], [])}


RECORD = next(walk for walk in WALKS if walk.steps[-1].coordinate == "Query.node" and walk.goal.name == "HistoryRecord")


@pytest.mark.parametrize("limit", first(1, LIMITS.values()), ids=LIMITS)
def test_no_field_leads_out_of_a_portfolio(two_portfolios: World, door: Door, limit: Portfolio) -> None:
    """Every edge of the schema is walked with the ids of somebody else's account; its name comes from nowhere."""
    world = two_portfolios
    token = issue_token(world, ADMIN, "limited", [Role.VIEWER, Role.CSM, Role.AUDITOR], None, limit).token
    limited, given = door.as_token(token), arguments(*ids_of(world, "FOREIGN"))
    by_node = {**given, "Query.node": f'(id: "{global_id("Account", FOREIGN)}")'}
    by_record = {**given, "Query.node": f'(id: "{global_id("HistoryRecord", FOREIGN, 1)}")'}

    leaks = [
        walk.document(each)
        for each in (given, by_node, by_record)
        for walk in WALKS
        if is_told(limited.send("POST", json={"query": walk.document(each)}).text)
    ]
    everybody = sum(is_told(door.send("POST", json={"query": walk.document(by_node)}).text) for walk in WALKS)
    of_record = is_told(door.send("POST", json={"query": RECORD.document(by_record)}).text)

    assert leaks == []
    assert everybody >= 5  # by id, by node, in a list and its edges, in a plan
    assert of_record


def is_told(answer: str) -> bool:
    """Whether an answer says anything of the account FOREIGN."""
    encoded = global_id("Account", FOREIGN)
    return any(part in answer for part in ("FOREIGN", "Foreign", "foreign_csm", encoded))


ON_ONE_ACCOUNT = [
    "openCta",
    "updateCta",
    "snoozeCta",
    "reopenCta",
    "setCtaTask",
    "commentCta",
    "linkCta",
    "unlinkCta",
    "openSuccessPlan",
    "setSuccessPlanStatus",
    "overrideHealth",
    "endHealthOverride",
    "pauseAccount",
    "resumeAccount",
]

EVERYWHERE = [
    "recordPeople",
    "assignSegment",
    "planConfiguration",
    "approvePlan",
    "applyConfiguration",
    "replayDeliveries",
    "purgeDeliveries",
    "issueToken",
    "revokeToken",
    "eraseAccount",
    "eraseTexts",
    "registerAccounts",
    "reachMilestones",
    "startVerification",
    "startSweep",
    "rehearseSweep",
    "cancelSweep",
    "startBackFill",
    "resumeRun",
    "undoRun",
]
"""Mutations that are for those who see everything."""


def test_no_mutation_reaches_out_of_a_portfolio(two_portfolios: World, door: Door) -> None:
    world = two_portfolios
    token = issue_token(world, ADMIN, "limited", [Role.CSM, Role.ADMIN], None, Portfolio(csms=frozenset({"ada"}))).token
    limited = door.as_token(token)
    ids = ids_of(world, "FOREIGN")
    before = page_history(world, ADMIN, [FOREIGN], PageRequest(10))[FOREIGN].items
    outcomes = {}
    for name, template in INPUTS.items():
        given = filled(template, ids)
        selection = (
            "{ __typename ... on FactsRecorded { rows { code } } }" if name == "recordFacts" else "{ __typename }"
        )
        answer = limited.data(f"mutation {{ {name}(input: {given}) {selection} }}")[name]
        outcomes[name] = answer.get("rows", answer["__typename"])

    assert outcomes == {
        "answerQuestion": "InvalidInput",
        "markReviewed": "UnknownAccount",
        "raiseQuestion": "UnknownAccount",
        "fireTransition": "UnknownAccount",
        "recordFacts": [{"code": "unknown_account"}],
        "reachMilestone": "UnknownAccount",
        "revokeMilestone": "UnknownAccount",
        "redateMilestone": "UnknownAccount",
        "closeCta": "UnknownAccount",
        **dict.fromkeys(ON_ONE_ACCOUNT, "UnknownAccount"),
        "changeCtas": "CtasChanged",
        **dict.fromkeys(EVERYWHERE, "Forbidden"),
    }
    assert page_history(world, ADMIN, [FOREIGN], PageRequest(10))[FOREIGN].items == before


def test_a_list_holds_and_counts_only_the_portfolio(two_portfolios: World, door: Door) -> None:
    token = issue_token(two_portfolios, ADMIN, "ada", [Role.CSM], None, Portfolio(csms=frozenset({"ada"}))).token
    query = "{ accounts(first: 10) { totalCount nodes { key } } viewer { portfolio { csms segments } } }"

    assert door.as_token(token).data(query) == {
        "accounts": {"totalCount": 1, "nodes": [{"key": "ACME"}]},
        "viewer": {"portfolio": {"csms": ["ada"], "segments": None}},
    }
