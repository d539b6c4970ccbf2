"""A key names one deed for ever, in every mutation that has one: repeated it is done once, another one conflicts."""

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLUnionType, build_schema, get_named_type

from api.export import SCHEMA_FILE
from api.ids import global_id
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import RICH
from tests.api.door import JSON, Door
from tests.fakes import Clock

SCHEMA = build_schema(SCHEMA_FILE.read_text())

ON = "2026-03-01T10:00:00"
LATER = "2026-06-01T00:00:00Z"
FACT = {"accountKey": "BETA", "measure": "setup", "value": 1}
REACHED = {"accountKey": "GAMMA", "milestone": "first_login", "reachedAt": f"{ON}Z"}

DEEDS: dict[str, tuple[JSON, JSON]] = {
    "registerAccounts": (
        {"rows": [{"key": "GAMMA", "name": "Gamma", "facts": [{"key": "arr", "value": 9}]}], "source": "crm"},
        {"source": "erp"},
    ),
    "reachMilestones": ({"rows": [REACHED], "source": "crm"}, {"rows": [{**REACHED, "milestone": "kickoff_done"}]}),
    "recordFacts": ({"rows": [FACT], "source": "crm"}, {"rows": [{**FACT, "value": 2}]}),
    "openCta": (
        {"accountId": "BETA", "title": "Call", "type": "ACTIVITY", "reason": "goals", "dueAt": f"{ON}.123456Z"},
        {"title": "Write"},
    ),
    "updateCta": ({"ctaId": "CTA", "owner": "bob"}, {"owner": "eve"}),
    "commentCta": ({"ctaId": "CTA", "text": "Spoke to them"}, {"text": "Wrote to them"}),
    "linkCta": (
        {"ctaId": "CTA", "link": {"kind": "ticket", "reference": "T-1"}},
        {"link": {"kind": "ticket", "reference": "T-2"}},
    ),
    "unlinkCta": ({"ctaId": "CTA", "kind": "ticket", "reference": "T-1"}, {"reference": "T-2"}),
    "setCtaTask": ({"ctaId": "CTA", "task": "invite", "isDone": True}, {"isDone": False}),
    "snoozeCta": ({"ctaId": "CTA", "until": LATER}, {"until": None}),
    "changeCtas": ({"ids": ["CTA"], "priority": "HIGH"}, {"priority": "LOW"}),
    "openSuccessPlan": ({"accountId": "BETA", "type": "success"}, {"title": "Another"}),
    "setSuccessPlanStatus": ({"planId": "PLAN", "status": "COMPLETED"}, {"status": "ABANDONED"}),
    "overrideHealth": (
        {"accountId": "BETA", "measure": "setup", "value": 7, "until": LATER, "reason": "the sponsor left"},
        {"value": 8},
    ),
    "endHealthOverride": ({"accountId": "BETA", "measure": "setup", "reason": "back"}, {"reason": "gone"}),
    "pauseAccount": ({"accountId": "BETA", "reason": "holidays", "until": LATER}, {"until": None}),
    "resumeAccount": ({"accountId": "BETA", "reason": "they are back"}, {"reason": "others are back"}),
    "fireTransition": ({"accountId": "BETA", "trigger": "advance", "reason": "agreed"}, {"reason": "not agreed"}),
    "reachMilestone": ({"accountId": "BETA", "milestone": "kickoff_done"}, {"reachedAt": f"{ON}Z"}),
    "redateMilestone": (
        {"accountId": "BETA", "milestone": "kickoff_done", "reachedAt": f"{ON}Z", "reason": "a slip"},
        {"reachedAt": "2026-03-01T11:00:00Z"},
    ),
    "revokeMilestone": ({"accountId": "BETA", "milestone": "kickoff_done", "reason": "a slip"}, {"reason": "no"}),
    "closeCta": ({"ctaId": "CTA", "outcome": "INVALID", "comment": "nobody there"}, {"outcome": "SUPERSEDED"}),
    "reopenCta": ({"ctaId": "CTA"}, {"comment": "they called back"}),
    "assignSegment": ({"accountId": "BETA", "segment": "starter", "reason": "by hand"}, {"effects": True}),
    "markReviewed": ({"accountId": "BETA", "since": f"{ON}.123456Z", "comment": "seen"}, {"comment": "not seen"}),
    "raiseQuestion": ({"accountId": "BETA", "seq": 1, "comment": "why?"}, {"seq": 2}),
    "answerQuestion": ({"questionId": "QUESTION", "comment": "because"}, {"comment": "no idea"}),
    "startSweep": ({"segments": ["starter"]}, {"segments": []}),
    "startVerification": ({}, {"since": f"{ON}Z"}),
    "startBackFill": (
        {"since": "2026-04-01T00:00:00Z", "until": "2026-04-02T00:00:00Z"},
        {"until": "2026-04-03T00:00:00Z"},
    ),
}
"""What each mutation is asked for, and what is said differently later; in an order in which all of them work."""


@pytest.fixture
def account(world: World) -> str:
    """The id of BETA, under rules with success plans."""
    published = publish(world, ADMIN, RICH)
    assert isinstance(published, Published), published
    register(world, an_account("BETA"))
    return global_id("Account", account_id_for("BETA"))


def test_every_mutation_with_a_key_keeps_it_to_one_deed(world: World, door: Door, clock: Clock, account: str) -> None:
    assert with_key() == set(DEEDS)
    ids = {"BETA": account, "CTA": the_cta(door)}
    for name, (first, differently) in DEEDS.items():
        if name.startswith("start"):
            clock.turn(days=40)
        done = ask(door, name, named(first, ids))
        assert done["__typename"] not in problems(name) - {"GuardRefused"}, (name, done)
        ids.update({name: done[key]["id"] for name, key in (("PLAN", "plan"), ("QUESTION", "mark")) if key in done})
        before = rows(world)

        again = ask(door, name, named(first, ids))
        other = ask(door, name, {**named(first, ids), **differently})

        assert again["__typename"] == done["__typename"], (name, again)
        assert (done["replayed"], again["replayed"]) == (False, True), name
        assert other["code"] == "IDEMPOTENCY_CONFLICT", (name, other)
        assert rows(world) == before, name


def test_a_key_of_many_ctas_is_kept_to_the_change_whatever_ctas_there_are(door: Door, account: str) -> None:
    mine, others = the_cta(door), the_cta(door, "ACME")

    first = ask(door, "changeCtas", {"ids": [mine], "owner": "bob"})
    other = ask(door, "changeCtas", {"ids": [others], "owner": "bob"})

    assert (first["__typename"], other.get("code")) == ("CtasChanged", "IDEMPOTENCY_CONFLICT")
    assert account


def with_key() -> set[str]:
    assert SCHEMA.mutation_type is not None
    found = set()
    for name, field in SCHEMA.mutation_type.fields.items():
        given = get_named_type(field.args["input"].type)
        assert isinstance(given, GraphQLInputObjectType)
        if "idempotencyKey" in given.fields:
            found.add(name)
    return found


def ask(door: Door, name: str, given: JSON) -> JSON:
    kind = f"{name[0].upper()}{name[1:]}"
    extras = {
        "openSuccessPlan": "... on SuccessPlanChanged { plan { id } }",
        "raiseQuestion": "... on ReviewMarked { mark { id } }",
    }
    replayed = " ".join(f"... on {each} {{ replayed }}" for each in deeds(name))
    query = f"""mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ __typename
        ... on Problem {{ code message }} {extras.get(name, "")} {replayed} }} }}"""
    answer: JSON = door.data(query, input={"idempotencyKey": f"key of {name}", **given})[name]
    return answer


def problems(name: str) -> set[str]:
    """The types of the answers to a mutation that say that nothing was done."""
    return {each.name for each in answers(name) if any(found.name == "Problem" for found in each.interfaces)}


def deeds(name: str) -> list[str]:
    """The types of the answers to a mutation that say whether it was done before."""
    return [each.name for each in answers(name) if "replayed" in each.fields]


def answers(name: str) -> tuple[GraphQLObjectType, ...]:
    """What a mutation may answer."""
    assert SCHEMA.mutation_type is not None
    union = get_named_type(SCHEMA.mutation_type.fields[name].type)
    assert isinstance(union, GraphQLUnionType)
    types: tuple[GraphQLObjectType, ...] = union.types
    return types


def named(given: JSON, ids: dict[str, str]) -> JSON:
    """The input with the ids that things have here."""
    return {
        name: [ids.get(each, each) if isinstance(each, str) else each for each in value]
        if isinstance(value, list)
        else ids.get(value, value)
        if isinstance(value, str)
        else value
        for name, value in given.items()
    }


def the_cta(door: Door, key: str = "BETA") -> str:
    shown = door.data("query ($key: String!) { account(key: $key) { openCtas { id } } }", key=key)
    cta: str = shown["account"]["openCtas"][0]["id"]
    return cta


def rows(world: World) -> dict[str, int]:
    """How many rows of history the accounts have."""
    ids = {key: account_id_for(key) for key in ("ACME", "BETA", "GAMMA")}
    pages = page_history(world, ADMIN, list(ids.values()), PageRequest(100))
    return {key: len(pages[each].items) for key, each in ids.items() if each in pages}
