"""Over HTTP, with a provider on loopback: who it vouches for may do what the role allows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.app import create_app
from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from tests.api.conftest import an_account, register
from tests.api.door import Door, a_door
from tests.api.oidc.provider import Provider, serving

VIEWER = "{ viewer { name roles } }"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider(lambda: datetime.now(UTC))
    made.add_rsa("one")
    with serving(made):
        yield made


@pytest.fixture
def door(world: World, settings: Settings, provider: Provider) -> Iterator[Door]:
    asked = {"oidc_issuer": provider.issuer, "oidc_roles": {"cs-team": Role.CSM}}
    with a_door(create_app(world, settings.model_copy(update=asked)), provider.token()) as opened:
        yield opened


def test_a_person_of_the_provider_is_let_in(door: Door) -> None:
    assert door.data(VIEWER)["viewer"] == {"name": "ada@example.com", "roles": ["CSM"]}


def test_a_token_without_a_known_role_is_refused(door: Door, provider: Provider) -> None:
    answer = door.as_token(provider.token(roles=["choir"])).send("POST", json={"query": VIEWER})

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "unauthenticated"


def test_a_provider_that_cannot_be_asked_is_no_fault_of_the_token(
    world: World, settings: Settings, provider: Provider
) -> None:
    provider.keys.clear()
    provider.add_rsa("one")
    asked = {"oidc_issuer": "http://127.0.0.1:9", "oidc_roles": {"cs-team": Role.CSM}}
    with a_door(create_app(world, settings.model_copy(update=asked)), provider.token()) as opened:
        answer = opened.send("POST", json={"query": VIEWER})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert answer.json()["errors"][0]["extensions"]["code"] == "provider_failed"


def test_a_person_sees_the_accounts_that_the_claims_name(world: World, settings: Settings, provider: Provider) -> None:
    register(world, replace(an_account("FOREIGN"), csm="bob"))
    asked = {"oidc_issuer": provider.issuer, "oidc_roles": {"cs-team": Role.CSM}, "oidc_csm_claim": "nick"}
    query = "{ accounts(first: 5) { totalCount nodes { key } } viewer { portfolio { csm segments } } }"
    with a_door(create_app(world, settings.model_copy(update=asked)), provider.token(nick="ada")) as opened:
        ada = opened.data(query)
        nobody = opened.as_token(provider.token()).send("POST", json={"query": query})
        foreign = global_id("Account", account_id_for("FOREIGN"))
        asked_for = opened.data("query ($id: ID!) { account(id: $id) { key } }", id=foreign)

    assert ada == {
        "accounts": {"totalCount": 1, "nodes": [{"key": "ACME"}]},
        "viewer": {"portfolio": {"csm": "ada", "segments": None}},
    }
    assert asked_for == {"account": None}
    assert nobody.status_code == 401


@pytest.mark.parametrize("length", [8_001, 60_000])
def test_a_huge_token_is_refused_before_it_is_read(door: Door, provider: Provider, length: int) -> None:
    token = provider.token(padding="x" * length)
    before = len(provider.fetched)

    answer = door.as_token(token).send("POST", json={"query": VIEWER})

    assert (answer.status_code, len(provider.fetched)) == (401, before)
    assert answer.json()["errors"][0]["extensions"]["code"] == "unauthenticated"


def test_a_token_within_another_is_no_token(door: Door, provider: Provider) -> None:
    encrypted = f"{provider.token()}.AAAA.AAAA"

    assert door.as_token(encrypted).send("POST", json={"query": VIEWER}).status_code == 401
