"""What came before is known again, by its bytes and its caller, and nothing else of a request is left out."""

from collections.abc import Callable

import pytest

from api.gate import Gate, Prepared
from api.incoming import Incoming
from api.limits import Limits
from api.recognised import Recognised
from api.schema import make_schema
from api.threads import Threads
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.services.tokens import Identity
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from tests.api.door import Door

SCHEMA = make_schema()
QUERY = "{ viewer { name } tokens(first: 1) { totalCount } }"


@pytest.fixture
def prepare(world: World, settings: Settings) -> Callable[[Identity], Prepared]:
    gate = Gate(SCHEMA, world, settings, Threads(1), Limits())

    def prepared(identity: Identity) -> Prepared:
        found = gate.prepare(Incoming(QUERY, {}, None, may_change=True), identity)
        assert isinstance(found, Prepared)
        return found

    return prepared


def an_identity(name: str = "ada", role: Role = Role.ADMIN) -> Identity:
    return Identity(Actor(name, frozenset({role})), key=f"key of {name}")


def test_a_body_is_known_again_for_its_caller_alone(prepare: Callable[[Identity], Prepared]) -> None:
    recognised, ada, bob = Recognised(), an_identity(), an_identity("bob", Role.VIEWER)
    recognised.keep(b"body", prepare(ada))

    found = recognised.find(ada, b"body")

    assert found is not None
    assert found.identity is ada
    assert "lacking" not in found.extensions
    assert recognised.find(ada, b"body ") is None
    assert recognised.find(bob, b"body") is None


def test_who_was_looked_up_anew_is_judged_anew(prepare: Callable[[Identity], Prepared]) -> None:
    recognised, before, now = Recognised(), an_identity(), an_identity(role=Role.VIEWER)
    recognised.keep(b"body", prepare(before))

    assert recognised.find(now, b"body") is None

    recognised.keep(b"body", prepare(now))
    found = recognised.find(now, b"body")
    assert found is not None
    assert found.extensions["lacking"] == [{"field": "Query.tokens", "capability": "MANAGE_TOKENS", "roles": ["ADMIN"]}]
    assert recognised.find(before, b"body") is None


def test_the_last_bodies_of_moderate_size_are_remembered(prepare: Callable[[Identity], Prepared]) -> None:
    recognised, ada = Recognised(), an_identity()
    prepared = prepare(ada)
    for number in range(1_001):
        recognised.keep(b"%d" % number, prepared)
    recognised.keep(b"x" * 4_096, prepared)
    recognised.keep(b"x" * 4_097, prepared)

    assert [recognised.find(ada, body) is None for body in (b"0", b"1", b"2", b"x" * 4_096, b"x" * 4_097)] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_one_text_answers_each_role_as_it_may_read(door: Door, token_of: Callable[[Role], str]) -> None:
    doors = [door.as_token(token_of(role)) for role in (Role.ADMIN, Role.VIEWER)]

    answers = [[each.ask(QUERY) for each in doors] for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert "errors" not in answers[0][0]
    assert [need["field"] for need in answers[0][1]["extensions"]["lacking"]] == ["Query.tokens"]


def test_a_mutation_does_not_come_again(world: World, settings: Settings) -> None:
    gate, recognised, ada = Gate(SCHEMA, world, settings, Threads(1), Limits()), Recognised(), an_identity()
    mutation = 'mutation { revokeToken(input: {tokenId: "x"}) { __typename } }'
    prepared = gate.prepare(Incoming(mutation, {}, None, may_change=True), ada)
    assert isinstance(prepared, Prepared)

    recognised.keep(b"body", prepared)

    assert recognised.find(ada, b"body") is None
