"""Over HTTP, with a provider on loopback: who it vouches for may do what the role allows."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api.app import create_app
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
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
