"""A published segment, some accounts, and the door in front of them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from api.app import create_app
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from tests.api.definitions import FILES
from tests.api.door import Door, a_door
from tests.builders import MONDAY
from tests.fakes import Clock
from tests.usual import database_url

__all__ = ["database_url"]

ADMIN = Actor("root", frozenset({Role.ADMIN}))
Opening = Callable[..., Door]


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url)


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[World]:
    """A store with one segment and one account, ACME, that nothing is known about but its revenue."""
    database = Database(settings.database_url)
    world = World(database, clock)
    assert isinstance(publish(world, ADMIN, FILES), Published)
    register(world, an_account("ACME"))
    yield world
    database.dispose()


def an_account(key: str, **measures: float) -> AccountRow:
    """An account that the segment takes, owned by Ada."""
    return AccountRow(key, f"{key.title()} Inc.", csm="ada", facts={"arr": 5000}, measures=measures)


def register(world: World, *rows: AccountRow) -> None:
    registered = register_accounts(world, ADMIN, rows, "crm")
    assert [row.problems for row in registered.rows] == [()] * len(rows)


@pytest.fixture
def token_of(world: World) -> Callable[[Role], str]:
    """A token for a role, named after it."""
    return lambda role: issue_token(world, ADMIN, role.value, [role], None).token


@pytest.fixture
def app(world: World, settings: Settings) -> Starlette:
    return create_app(world, settings)


@pytest.fixture
def door(app: Starlette, token_of: Callable[[Role], str]) -> Iterator[Door]:
    """The door for an admin."""
    with a_door(app, token_of(Role.ADMIN)) as door:
        yield door


@pytest.fixture
def opened(world: World, settings: Settings, door: Door) -> Opening:
    """The door with other settings."""

    def open_with(**changed: Any) -> Door:
        app: Starlette = create_app(world, settings.model_copy(update=changed))
        return Door(app, door.token, door.runner)

    return open_with
