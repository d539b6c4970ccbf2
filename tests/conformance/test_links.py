"""Operations chained by what they answer: ids and cursors of one answer are arguments of the next request."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any, ClassVar

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_required_input_field,
)
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from api.app import create_app
from api.export import SCHEMA_FILE
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.publish import publish
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import RICH
from tests.api.door import JSON, Door
from tests.api.walking import targets
from tests.builders import MONDAY
from tests.conformance.links import id_places, ids_in, selection, takes_id, type_at
from tests.fakes import Clock

SCHEMA = build_schema(SCHEMA_FILE.read_text())
assert SCHEMA.query_type is not None
assert SCHEMA.mutation_type is not None
QUERIES, MUTATIONS = SCHEMA.query_type.fields, SCHEMA.mutation_type.fields
LISTS = sorted(name for name, field in QUERIES.items() if str(field.type).removesuffix("!").endswith("Connection"))
NODES = {each.name for each in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}  # type: ignore[arg-type] # an interface
BY_ID = sorted(name for name in ("account", "run", "verification", "plan"))
LINKED = sorted(name for name, field in MUTATIONS.items() if takes_id(get_named_type(field.args["input"].type)))
ALLOWED = {"invalid_input"}
LIKELY = {
    "trigger": ["advance", "finish"],
    "milestone": ["kickoff_done", "first_login"],
    "measure": ["setup", "logins"],
    "fact": ["arr"],
    "segment": ["starter"],
    "task": ["invite", "hold"],
    "type": ["success"],
    "kind": ["ticket"],
    "reference": ["4711"],
}
SCALARS: dict[str, Callable[[Random], object]] = {
    "Boolean": lambda random: random.choice([False, True]),
    "Int": lambda random: random.randint(0, 5),
    "Value": lambda random: random.randint(0, 100),
    "DateTime": lambda random: random.choice(["2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z"]),
    "Duration": lambda random: random.choice(["P1D", "P30D"]),
}
SEEDS = st.integers(0, 2**32)
"""What chooses among ids that are there: the store goes on from one example to the next, and a strategy may not."""


BEGIN = """mutation { startVerification(input: {idempotencyKey: "begin"}) { ... on VerificationStarted {
  verification { __typename id } } } }"""


class Links(RuleBasedStateMachine):
    """A client that knows nothing but the schema and what it was answered."""

    door: ClassVar[Door]
    keys: ClassVar[Iterator[int]]
    own_token: ClassVar[str]
    """Which it does not revoke, for it would be let in no more."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = defaultdict(list)
        self.pages: dict[str, tuple[str, frozenset[str]]] = {}

    def ask(self, document: str, **variables: Any) -> JSON:
        """Ask, remember every id in the answer, and give the data; nothing but a caller's mistake may go wrong."""
        answer = self.door.ask(document, **variables)
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        assert codes <= ALLOWED, (document, variables, answer["errors"])
        data: JSON = answer.get("data") or {}
        for named, each in ids_in(data):
            if each not in (*self.found[named], self.own_token):
                self.found[named].append(each)
        return data

    @initialize()
    def look_around(self) -> None:
        for field in LISTS:
            self.begin_a_list(field)
        self.ask(BEGIN)

    @rule(field=st.sampled_from(LISTS))
    def begin_a_list(self, field: str) -> None:
        page = self.ask(f"{{ {field}(first: 2) {{ {below(QUERIES[field], 1)} }} }}")[field]
        self.remember(field, page, frozenset())

    @rule(seed=SEEDS)
    def go_on_with_a_list(self, seed: int) -> None:
        if not self.pages:
            return
        field = Random(seed).choice(sorted(self.pages))
        cursor, before = self.pages.pop(field)
        document = f"query ($after: String!) {{ {field}(first: 2, after: $after) {{ {below(QUERIES[field], 1)} }} }}"
        page = self.ask(document, after=cursor)[field]
        assert before.isdisjoint(nodes_of(page, field)), "a page shows again what the one before it showed"
        self.remember(field, page, before)

    @rule(seed=SEEDS)
    def look_a_node_up(self, seed: int) -> None:
        random = Random(seed)
        named = random.choice(sorted(name for name in NODES if self.found[name]))
        given = random.choice(self.found[named])
        document = f"query ($id: ID!) {{ node(id: $id) {{ __typename id ... on {named} {{ {own(named)} }} }} }}"
        node = self.ask(document, id=given)["node"]
        assert node is not None, f"{named} {given} was answered, but is no node"
        assert (node["__typename"], node["id"]) == (named, given)

    @rule(field=st.sampled_from(BY_ID), seed=SEEDS)
    def look_one_up(self, field: str, seed: int) -> None:
        ids = self.found[type_at(f"Query.{field}", "id")]
        if ids:
            given = Random(seed).choice(ids)
            found = self.ask(f"query ($id: ID!) {{ {field}(id: $id) {{ {below(QUERIES[field], 1)} }} }}", id=given)
            assert found[field]["id"] == given

    @rule(field=st.sampled_from(LINKED), seed=SEEDS)
    def change(self, field: str, seed: int) -> None:
        kind = get_named_type(MUTATIONS[field].args["input"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        given = self.value_of(kind, Random(seed))
        if given is None:
            return
        document = f"mutation ($input: {kind.name}!) {{ {field}(input: $input) {{ {below(MUTATIONS[field], 1)} }} }}"
        answer = self.ask(document, input=given)
        if answer.get(field):
            assert answer[field].get("code") != "NOT_FOUND", (document, given)

    def remember(self, field: str, page: JSON, before: frozenset[str]) -> None:
        """Keep the cursor of a list that goes on."""
        info = page["PageInfo"] if "PageInfo" in page else page[f"{page['__typename']}_pageInfo"]
        if info["hasNextPage"]:
            self.pages[field] = info["endCursor"], before | nodes_of(page, field)

    def value_of(self, kind: GraphQLInputObjectType, random: Random) -> dict[str, object] | None:
        """An input of chance with ids that were answered; None where there is none yet that it needs."""
        given: dict[str, object] = {}
        for name, field in kind.fields.items():
            needed = is_required_input_field(field) or (get_named_type(field.type).name == "ID" and name != "parentId")
            if needed or random.randint(0, 4) == 0:
                value = self.value_at(kind.name, name, field.type, random)
                if value is None and needed:
                    return None
                given |= {} if value is None else {name: value}
        return given

    def value_at(self, parent: str, name: str, type_: GraphQLInputType, random: Random) -> object:
        """A value for one place, None where there is none."""
        nullable, named = get_nullable_type(type_), get_named_type(type_)
        if isinstance(nullable, GraphQLList):
            inner = nullable.of_type
            value = self.value_at(parent, name, inner, random)
            return None if value is None else [value]
        if isinstance(named, GraphQLInputObjectType):
            return self.value_of(named, random)
        if isinstance(named, GraphQLEnumType):
            return random.choice(sorted(named.values))
        if named.name == "ID":
            ids = self.found[type_at(parent, name)]
            return random.choice(ids) if ids else None
        if name == "idempotencyKey":
            return f"link {next(self.keys)}"
        if named.name in SCALARS:
            return SCALARS[named.name](random)
        return random.choice(LIKELY.get(name, ["ada", "a word"]))


def below(field: GraphQLField, depth: int) -> str:
    """What is asked of a field: ids of whatever object it gives."""
    return " ".join(f"... on {goal.name} {{ {selection(SCHEMA, goal, depth)} }}" for goal in targets(SCHEMA, field))


def own(named: str) -> str:
    """The ids that a type leads to."""
    kind = SCHEMA.type_map[named]
    assert isinstance(kind, GraphQLObjectType)
    return selection(SCHEMA, kind, 1)


def nodes_of(page: JSON, field: str) -> frozenset[str]:
    """The ids of a page."""
    nodes = page[f"{page['__typename']}_nodes"]
    return frozenset(each["id"] for each in nodes if each.get("id"))


def test_every_place_of_an_id_says_whose_it_is() -> None:
    assert [place for place in id_places(SCHEMA) if type_at(*place) not in SCHEMA.type_map] == []


@pytest.fixture
def door(database_url: str) -> Iterator[Door]:
    world = World(Database(database_url), Clock(MONDAY))
    publish(world, ADMIN, RICH)
    register(world, *(an_account(key, setup=50, logins=3) for key in ("ACME", "BETA", "GAMMA", "DELTA", "EPSILON")))
    token = issue_token(world, ADMIN, "root", [Role.ADMIN], None).token
    with asyncio.Runner() as runner:
        yield Door(create_app(world, Settings(database_url=database_url)), token, runner)
    world.database.dispose()


def play(door: Door, examples: int, steps: int) -> None:
    class Told(Links):
        pass

    Told.door, Told.keys = door, count()
    Told.own_token = door.data("{ tokens(first: 1) { nodes { id } } }")["tokens"]["nodes"][0]["id"]
    bounds = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Told, settings=bounds)


def test_what_is_answered_can_be_asked_for(door: Door) -> None:
    play(door, 6, 20)


@pytest.mark.long
def test_what_is_answered_can_be_asked_for_at_length(door: Door) -> None:
    play(door, 40, 60)
