"""Operations chained by what they answer: ids and cursors of one answer are arguments of the next request."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, ClassVar

import httpx
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
from api.ids import global_id
from api.needs import lacking_of
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.publish import publish
from lifecycle_fsm.services.sweeping.sweep import ask_for_sweep
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import RICH
from tests.api.door import JSON, Door, a_door
from tests.api.serving import served
from tests.api.walking import targets
from tests.builders import MONDAY
from tests.conformance.links import id_places, ids_in, is_refused, needs, selection, takes_id, type_at
from tests.fakes import Clock

SCHEMA = build_schema(SCHEMA_FILE.read_text())
assert SCHEMA.query_type is not None
assert SCHEMA.mutation_type is not None
assert SCHEMA.subscription_type is not None
QUERIES, MUTATIONS = SCHEMA.query_type.fields, SCHEMA.mutation_type.fields
SUBSCRIPTIONS = SCHEMA.subscription_type.fields
CERTAIN = {"historyRecorded": 2, "ctaChanged": 2, "runChanged": 1, "paceChanged": 0}
"""How many events of each subscription came after the store began, at least."""
LISTS = sorted(name for name, field in QUERIES.items() if str(field.type).removesuffix("!").endswith("Connection"))
NODES = {each.name for each in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}  # type: ignore[arg-type] # an interface
BY_ID = sorted(name for name in ("account", "run", "verification", "plan"))
LINKED = sorted(
    name
    for name, field in MUTATIONS.items()
    # What is erased is no node any more; tests/api/test_mutation_rules.py asks every mutation about such an account.
    if takes_id(get_named_type(field.args["input"].type)) and name != "eraseAccount"
)
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


PLACE = "query ($id: ID!) { node(id: $id) { ... on HistoryRecord { accountId seq hash } } }"
DECISION = "query ($accountId: ID!, $seq: Int!) { decision(accountId: $accountId, seq: $seq) { __typename id hash } }"
PROOF = "query ($accountId: ID!, $seq: Int!) { inclusionProof(accountId: $accountId, seq: $seq) { document } }"
SIZES = "{ checkpoints { size } }"
GROWTH = "query ($old: Int!, $new: Int!) { consistencyProof(oldSize: $old, newSize: $new) { document } }"
SIGNER = make_signer("example.com/links")
BEGIN = """mutation { startVerification(input: {idempotencyKey: "begin"}) { __typename ... on VerificationStarted {
  verification { __typename id } } } }"""


class Links(RuleBasedStateMachine):
    """A client that knows nothing but the schema and what it was answered."""

    door: ClassVar[Door]
    elder: ClassVar[Door]
    """Who may do everything, and shows the client around."""
    actor: ClassVar[Actor]
    world: ClassVar[World]
    address: ClassVar[str]
    """Where the same store answers with streams."""
    began: ClassVar[str]
    """The cursor from before anything happened."""
    keys: ClassVar[Iterator[int]]
    own_token: ClassVar[str]
    """Which it does not revoke, for it would be let in no more."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = defaultdict(list)
        self.pages: dict[str, tuple[str, frozenset[str]]] = {}
        self.logged: set[str] = set()

    def ask(self, document: str, **variables: Any) -> JSON:
        """Ask, and give the data; only a caller's mistake may go wrong, and what the table forbids is refused."""
        return self.taken(document, variables, self.door.ask(document, **variables))

    def taken(self, document: str, variables: JSON, answer: JSON) -> JSON:
        """Remember every id in an answer, and give its data: none where it was refused."""
        lacking = lacking_of(needs(SCHEMA, document), self.actor)
        assert is_refused(answer) == bool(lacking), (document, variables, answer, lacking)
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        assert codes <= (ALLOWED | {"forbidden"} if lacking else ALLOWED), (document, variables, answer["errors"])
        data: JSON = {} if lacking else answer.get("data") or {}
        self.keep_ids(data)
        return data

    def keep_ids(self, answer: JSON) -> None:
        """Remember every id that is new."""
        for named, each in ids_in(answer):
            if each not in (*self.found[named], self.own_token):
                self.found[named].append(each)

    @initialize()
    def look_around(self) -> None:
        for field in LISTS:
            self.keep_ids(self.elder.ask(first_page(field)))
            self.begin_a_list(field)
        self.ask(BEGIN)

    @rule(field=st.sampled_from(LISTS))
    def begin_a_list(self, field: str) -> None:
        self.remember(field, self.ask(first_page(field)).get(field), frozenset())

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
        data = self.ask(document, id=given)
        if not data:
            return
        node = data["node"]
        assert node is not None, f"{named} {given} was answered, but is no node"
        assert (node["__typename"], node["id"]) == (named, given)

    @rule(field=st.sampled_from(BY_ID), seed=SEEDS)
    def look_one_up(self, field: str, seed: int) -> None:
        ids = self.found[type_at(f"Query.{field}", "id")]
        if ids:
            given = Random(seed).choice(ids)
            found = self.ask(f"query ($id: ID!) {{ {field}(id: $id) {{ {below(QUERIES[field], 1)} }} }}", id=given)
            assert not found or found[field]["id"] == given

    @rule(field=st.sampled_from(sorted(SUBSCRIPTIONS)), seed=SEEDS)
    def follow(self, field: str, seed: int) -> None:
        """What comes after the cursor of an event is what came next before."""
        events = self.events(field, self.began, CERTAIN[field])
        if len(events) > 1:
            place = Random(seed).randrange(len(events) - 1)
            (onward,) = self.events(field, events[place]["cursor"], 1)
            assert onward == events[place + 1]

    @rule()
    def follow_what_comes(self) -> None:
        """What happens after a query is the first thing that its cursor leads to."""
        cursor = self.ask("{ liveCursor }").get("liveCursor")
        key = f"NEW-{next(self.keys)}"
        register(self.world, an_account(key, setup=50))
        if cursor is not None:
            (event,) = self.events("historyRecorded", cursor, 1)
            named = dict(ids_in(event))["Account"]
            assert named == global_id("Account", account_id_for(key))

    def events(self, field: str, after: str, count: int) -> list[JSON]:
        """The first events after a cursor; none where they are refused."""
        document = f"subscription ($after: String!) {{ {field}(after: $after) {{ {below(SUBSCRIPTIONS[field], 1)} }} }}"
        lacking = bool(lacking_of(needs(SCHEMA, document), self.actor))
        headers = {"Authorization": f"Bearer {self.door.token}", "Accept": "text/event-stream"}
        body = {"query": document, "variables": {"after": after}}
        with httpx.stream("POST", self.address, json=body, headers=headers, timeout=30) as answer:
            lines = (line for line in answer.iter_lines() if line.startswith("data: {"))
            told = [json.loads(next(lines).removeprefix("data: ")) for _ in range(1 if lacking else count)]
        data = [self.taken(document, body["variables"], each) for each in told]  # type: ignore[arg-type] # of one cursor
        return [each[field] for each in data if each]

    @rule(seed=SEEDS)
    def read_a_decision(self, seed: int) -> None:
        """A record leads to its decision, and to a proof once a checkpoint covers it."""
        record = Random(seed).choice(self.found["HistoryRecord"])
        place = self.elder.data(PLACE, id=record)["node"]
        given = {"accountId": place["accountId"], "seq": place["seq"]}
        decision, proof = self.ask(DECISION, **given), self.ask(PROOF, **given)
        assert not decision or decision["decision"]["id"] == record
        if proof and record in self.logged:
            assert proof["inclusionProof"]["document"]["row_hash"] == place["hash"]

    @rule()
    def sign_the_log(self) -> None:
        """What is known by then is covered from then on, and every checkpoint grows out of those before."""
        self.logged |= set(self.found["HistoryRecord"])
        sign_checkpoint(self.world, ADMIN, SIGNER)
        sizes = sorted(each["size"] for each in self.ask(SIZES).get("checkpoints", ()))
        if len(sizes) > 1:
            proof = self.ask(GROWTH, old=sizes[0], new=sizes[-1])
            assert proof["consistencyProof"]["document"]

    @rule(field=st.sampled_from(LINKED), seed=SEEDS)
    def change(self, field: str, seed: int) -> None:
        kind = get_named_type(MUTATIONS[field].args["input"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        given = self.value_of(kind, Random(seed))
        if given is None:
            return
        asked = below(MUTATIONS[field], 1) if seed % 2 else "__typename"
        answer = self.ask(f"mutation ($input: {kind.name}!) {{ {field}(input: $input) {{ {asked} }} }}", input=given)
        if answer.get(field):
            assert answer[field].get("code") != "NOT_FOUND", (field, given)

    def walk(self) -> None:
        """Take every way at least once; chance does the rest."""
        self.look_around()
        for field in sorted(SUBSCRIPTIONS):
            self.follow(field, 0)
        for field in LINKED:
            for seed in range(4):
                self.change(field, seed)
        self.read_a_decision(0)
        self.sign_the_log()
        for seed in range(5):
            self.follow_what_comes()
            self.read_a_decision(seed)
            self.sign_the_log()

    def remember(self, field: str, page: JSON | None, before: frozenset[str]) -> None:
        """Keep the cursor of a list that goes on; nothing of one that was refused."""
        if page is None:
            return
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


def first_page(field: str) -> str:
    """The beginning of a list, with every id in it."""
    return f"{{ {field}(first: 2) {{ {below(QUERIES[field], 1)} }} }}"


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


@dataclass(frozen=True)
class Site:
    """A store in which something happened after a cursor, with an admin's door and an address for streams."""

    world: World
    door: Door
    address: str
    began: str


@contextmanager
def a_site(database_url: str) -> Iterator[Site]:
    world, set_up = World(Database(database_url), Clock(MONDAY)), Settings(database_url=database_url)
    publish(world, ADMIN, RICH)
    token = issue_token(world, ADMIN, "root", [Role.ADMIN], None).token
    streams = create_app(World(Database(database_url), Clock(MONDAY)), set_up)
    with a_door(create_app(world, set_up), token) as door, served(streams) as address:
        began = door.data("{ liveCursor }")["liveCursor"]
        register(world, *(an_account(key, setup=50, logins=3) for key in ("ACME", "BETA", "GAMMA", "DELTA", "EPSILON")))
        ask_for_sweep(world, ADMIN)
        yield Site(world, door, f"http://{address}/graphql", began)
    world.database.dispose()


@pytest.fixture
def site(database_url: str) -> Iterator[Site]:
    with a_site(database_url) as site:
        yield site


def play(site: Site, role: Role, examples: int, steps: int) -> None:
    """Let a client of the role find its way; an admin shows it around."""

    class Told(Links):
        pass

    Told.elder, Told.world, Told.address, Told.began, Told.keys = (
        site.door,
        site.world,
        site.address,
        site.began,
        count(),
    )
    Told.actor = Actor(role.value, frozenset({role}))
    Told.own_token = site.door.data("{ tokens(first: 1) { nodes { id } } }")["tokens"]["nodes"][0]["id"]
    token = issue_token(site.world, ADMIN, role.value, [role], None).token
    Told.door = site.door if role is Role.ADMIN else site.door.as_token(token)
    Told().walk()
    bounds = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Told, settings=bounds)


def test_what_is_answered_can_be_asked_for(site: Site) -> None:
    play(site, Role.ADMIN, 6, 20)


@pytest.mark.long
def test_what_is_answered_can_be_asked_for_at_length(site: Site) -> None:
    play(site, Role.ADMIN, 40, 60)
