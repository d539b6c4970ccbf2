"""What every mutation keeps to: one input, a union, problems that programs understand, keys, revisions, results."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
)

from api.execution.ways import definition_of
from api.ids import global_id
from api.schema import make_schema
from api.types.problems import Problem
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.door import Door
from tests.api.test_permissions import FILE, IDS, INPUTS

SCHEMA = make_schema()._schema
MUTATIONS: dict[str, GraphQLField] = dict(SCHEMA.mutation_type.fields) if SCHEMA.mutation_type else {}

WITHOUT_KEY = {
    "applyConfiguration": "a plan is in force once, however often it is applied",
    "approvePlan": "who agreed has agreed",
    "cancelSweep": "a cancelled run stays cancelled",
    "eraseAccount": "what was erased stays erased",
    "eraseTexts": "the same",
    "issueToken": "a secret is shown once and kept by nobody, so no answer could be repeated",
    "planConfiguration": "equal plans are one, by their digest",
    "purgeDeliveries": "what is gone is gone",
    "recordPeople": "it says how things are, and saying so twice changes nothing",
    "rehearseSweep": "it changes nothing",
    "replayDeliveries": "what waits to be delivered waits once",
    "resumeRun": "a run that goes on goes on",
    "revokeToken": "a token ends once",
    "undoRun": "what was taken back is not taken back again",
}
"""Mutations that may be repeated without a key, and why."""

WITHOUT_REVISION = {
    "reachMilestones": "rows come from systems that saw no account; each is held to what is known when it arrives",
    "recordFacts": "the same",
    "registerAccounts": "the same",
}
"""Mutations that change accounts whatever their caller saw, and why."""

WITHOUT_OBJECTS = {
    "eraseAccount": "what was known about it is gone; its id comes back",
    "eraseTexts": "the words of any number of marks may be gone; how many comes back",
    "purgeDeliveries": "what was purged is gone; its ids come back",
    "rehearseSweep": "nothing changes",
    "replayDeliveries": "a letter that waits again is none any more; its ids come back",
}
"""Mutations that give back no object that a client's cache keeps, and why."""


def input_of(name: str) -> GraphQLInputObjectType:
    given = get_named_type(MUTATIONS[name].args["input"].type)
    assert isinstance(given, GraphQLInputObjectType)
    return given


def union_of(name: str) -> GraphQLUnionType:
    union = get_named_type(MUTATIONS[name].type)
    assert isinstance(union, GraphQLUnionType)
    return union


def problem() -> GraphQLInterfaceType:
    found = SCHEMA.type_map["Problem"]
    assert isinstance(found, GraphQLInterfaceType)
    return found


def success_of(name: str) -> GraphQLObjectType:
    success: list[GraphQLObjectType] = [each for each in union_of(name).types if problem() not in each.interfaces]
    assert len(success) == 1
    return success[0]


def keeps_objects(type_: GraphQLObjectType) -> bool:
    """Whether an answer of the type has an object with an id in it, itself or below."""
    for field in type_.fields.values():
        named = get_named_type(field.type)
        if isinstance(named, GraphQLObjectType) and ("id" in named.fields or keeps_objects(named)):
            return True
    return False


def lists_of(type_: GraphQLInputObjectType) -> Iterator[str]:
    """The lists of rows that a command is about."""
    for name, field in type_.fields.items():
        if name in {"rows", "ids"} and isinstance(get_nullable_type(field.type), GraphQLList):
            yield name


def changes_accounts(name: str) -> bool:
    """Whether the account that was changed comes back, itself or in a list or a row."""
    named = {get_named_type(field.type).name for field in success_of(name).fields.values()}
    rows = SCHEMA.type_map[next((each for each in named if "Row" in each), "Account")]
    assert isinstance(rows, GraphQLObjectType)
    return "Account" in named | {get_named_type(field.type).name for field in rows.fields.values()}


@pytest.mark.parametrize("name", MUTATIONS)
def test_it_takes_one_input_of_its_own(name: str) -> None:
    field = MUTATIONS[name]

    assert list(field.args) == ["input"]
    assert str(field.args["input"].type) == f"{name[0].upper()}{name[1:]}Input!"


@pytest.mark.parametrize("name", MUTATIONS)
def test_it_answers_with_a_union_of_one_success_and_its_problems(name: str) -> None:
    types = {each.name for each in union_of(name).types}

    assert isinstance(MUTATIONS[name].type, GraphQLNonNull)
    assert success_of(name).name in types
    assert {"Forbidden", "InvalidInput"} <= types


@pytest.mark.parametrize("each", SCHEMA.get_possible_types(problem()), ids=str)
def test_a_problem_is_told_by_a_code_a_message_and_a_path(each: GraphQLObjectType) -> None:
    told = {name: str(each.fields[name].type) for name in ("code", "message", "path")}

    assert told == {"code": "ProblemCode!", "message": "String!", "path": "[String!]!"}


NEVER_MET = {
    ("changeCtas", "UnknownAccount"),
    ("changeCtas", "StaleRevision"),
    ("recordPeople", "UnknownAccount"),
    ("recordPeople", "StaleRevision"),
    ("recordPeople", "IdempotencyConflict"),
    ("undoRun", "UnknownAccount"),
    ("undoRun", "StaleRevision"),
    ("undoRun", "IdempotencyConflict"),
}
"""Problems that a union lists, as released, and that do not come: rows tell of theirs, others have no such value."""


def test_the_path_of_a_problem_leads_to_a_value_of_the_input() -> None:
    astray = set()
    for name in MUTATIONS:
        for each in union_of(name).types:
            made = definition_of(each).origin
            if not issubclass(made, Problem) or each.name in {"InvalidInput", "UnknownAccount"}:
                continue
            factory = made.__dataclass_fields__["path"].default_factory
            assert callable(factory)
            if factory() and factory()[1] not in input_of(name).fields:
                astray.add((name, each.name))

    assert astray == {each for each in NEVER_MET if each[1] != "UnknownAccount"}


@pytest.fixture
def erased(world: World) -> None:
    """ERASED was an account until the law took it; its history stays."""
    register(world, an_account("ERASED"))
    erase_account(world, ADMIN, account_id_for("ERASED"), "GDPR article 17")


@pytest.mark.parametrize("account", ["ACME", "NOBODY", "ERASED"])
def test_whatever_is_wrong_with_an_input_is_named_by_its_place(door: Door, erased: None, account: str) -> None:
    own = global_id("Account", account_id_for(account))
    other = {kind: global_id(kind, account_id_for(account), account_id_for("none")) for kind in ("Cta", "SuccessPlan")}
    ids = {**IDS, "ID": own, "CTA": other["Cta"], "SUCCESS": other["SuccessPlan"]}
    astray = {}
    for name in MUTATIONS:
        given = INPUTS[name].replace("FILES", FILE)
        for mark, an_id in ids.items():
            given = given.replace(f'"{mark}"', f'"{an_id}"')
        document = f"mutation {{ {name}(input: {given}) {{ __typename ... on Problem {{ code path }} }} }}"
        answer = door.data(document)[name]
        path = answer.get("path")
        if path and (path[0] != "input" or path[1] not in input_of(name).fields):
            astray[name] = answer

    assert astray == {}


def test_an_account_that_is_not_there_is_named_by_what_named_it(door: Door) -> None:
    nobody = account_id_for("NOBODY")
    cta, plan = global_id("Cta", nobody, nobody), global_id("SuccessPlan", nobody, nobody)
    ask = """mutation ($cta: ID!, $plan: ID!, $account: ID!) {
        closeCta(input: {ctaId: $cta, outcome: SUCCESS, idempotencyKey: "a"}) { ...P }
        snoozeCta(input: {ctaId: $cta, idempotencyKey: "b"}) { ...P }
        setSuccessPlanStatus(input: {planId: $plan, status: ACTIVE, idempotencyKey: "c"}) { ...P }
        pauseAccount(input: {accountId: $account, reason: "x", idempotencyKey: "d"}) { ...P }
    } fragment P on Problem { code path }"""

    answers = door.data(ask, cta=cta, plan=plan, account=global_id("Account", nobody))

    assert {name: (each["code"], each["path"]) for name, each in answers.items()} == {
        "closeCta": ("UNKNOWN_ACCOUNT", ["input", "ctaId"]),
        "snoozeCta": ("UNKNOWN_ACCOUNT", ["input", "ctaId"]),
        "setSuccessPlanStatus": ("UNKNOWN_ACCOUNT", ["input", "planId"]),
        "pauseAccount": ("UNKNOWN_ACCOUNT", ["input", "accountId"]),
    }


def test_what_may_be_repeated_has_a_key_and_says_whether_it_was() -> None:
    keyed = {name for name in MUTATIONS if "idempotencyKey" in input_of(name).fields}

    assert MUTATIONS.keys() - keyed == WITHOUT_KEY.keys()
    assert {name for name in keyed if "replayed" not in success_of(name).fields} == set()
    assert {
        name for name in keyed if "IdempotencyConflict" not in {each.name for each in union_of(name).types}
    } == set()


def test_what_changes_an_account_may_say_what_its_caller_saw() -> None:
    changing = {name for name in MUTATIONS if changes_accounts(name)}
    expecting = {name for name in MUTATIONS if {"expectedRevision", "expectedRevisions"} & input_of(name).fields.keys()}

    assert changing - expecting == WITHOUT_REVISION.keys()
    assert expecting - changing == set()
    assert {name for name in expecting if "StaleRevision" not in {each.name for each in union_of(name).types}} == set()


def test_changed_objects_come_back_for_the_caches_of_clients() -> None:
    assert {name for name in MUTATIONS if not keeps_objects(success_of(name))} == WITHOUT_OBJECTS.keys()


def test_a_batch_gives_each_row_its_result() -> None:
    batches = {name for name in MUTATIONS if any(lists_of(input_of(name)))} - WITHOUT_OBJECTS.keys()

    found = {}
    for name in batches:
        rows = get_named_type(success_of(name).fields["rows"].type)
        assert isinstance(rows, GraphQLObjectType)
        found[name] = {"note"} <= rows.fields.keys() and bool({"problems", "code"} & rows.fields.keys())
    assert found == dict.fromkeys(["changeCtas", "reachMilestones", "recordFacts", "registerAccounts"], True)
