"""The protocol graphql-transport-ws, message by message."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from api.app import create_app
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.tokens import issue_token, revoke_tokens
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from tests.api.conftest import ADMIN, an_account, register
from tests.api.serving import served
from tests.databases import sqlite_database
from tests.fakes import Clock

PROTOCOL = Subprotocol("graphql-transport-ws")
FOLLOW = "subscription { historyRecorded { record { seq kind } account { key } } }"
Talk = Callable[[ClientConnection], Awaitable[None]]


@pytest.fixture
def database_url(tmp_path: Path, migrated_file: Path) -> Iterator[str]:
    """SQLite only: the protocol knows nothing of databases."""
    with sqlite_database(tmp_path, migrated_file) as url:
        yield url


@pytest.fixture
def address(app: Starlette) -> Iterator[str]:
    with served(app) as address:
        yield f"ws://{address}/graphql"


@pytest.fixture
def token(token_of: Callable[[Role], str]) -> str:
    return token_of(Role.CSM)


def talk(address: str, talking: Talk, **options: Any) -> None:
    async def run() -> None:
        options.setdefault("subprotocols", [PROTOCOL])
        async with asyncio.timeout(20), connect(address, **options) as socket:
            await talking(socket)

    asyncio.run(run())


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    heard: dict[str, Any] = json.loads(await socket.recv())
    return heard


async def begin(socket: ClientConnection, token: str) -> None:
    await say(socket, type="connection_init", payload={"Authorization": f"Bearer {token}"})
    assert await hear(socket) == {"type": "connection_ack"}


async def closing_code(socket: ClientConnection) -> int | None:
    """Read on until the server closes, and say with which code it did."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code


def test_a_query_answers_once_and_completes(address: str, token: str) -> None:
    async def talking(socket: ClientConnection) -> None:
        await begin(socket, token)
        await say(socket, id="1", type="subscribe", payload={"query": "{ viewer { name } }"})

        cost = {"cost": {"requested": 1, "limit": 100_000}}
        payload = {"data": {"viewer": {"name": "csm"}}, "extensions": cost}
        assert await hear(socket) == {"id": "1", "type": "next", "payload": payload}
        assert await hear(socket) == {"id": "1", "type": "complete"}

    talk(address, talking)


def test_who_asks_at_the_beginning_is_told_what_operations_turned_out_to_cost(address: str, token: str) -> None:
    async def talking(socket: ClientConnection) -> None:
        said = {"Authorization": f"Bearer {token}", "GraphQL-Cost": "actual"}
        await say(socket, type="connection_init", payload=said)
        assert await hear(socket) == {"type": "connection_ack"}
        query = "{ accounts(first: 10) { nodes { key } } }"
        await say(socket, id="1", type="subscribe", payload={"query": query})

        answer = await hear(socket)
        assert answer["payload"]["extensions"]["cost"] == {"requested": 11, "limit": 100_000, "actual": 2}

    talk(address, talking)


def test_the_token_may_come_with_the_handshake(address: str, token: str) -> None:
    async def talking(socket: ClientConnection) -> None:
        await say(socket, type="connection_init")
        assert await hear(socket) == {"type": "connection_ack"}

    talk(address, talking, additional_headers={"Authorization": f"Bearer {token}"})


def test_a_token_in_the_address_or_in_a_cookie_is_none(address: str, token: str) -> None:
    async def talking(socket: ClientConnection) -> None:
        await say(socket, type="connection_init")
        assert await closing_code(socket) == 4403

    talk(f"{address}?access_token={token}&token={token}&authorization=Bearer%20{token}", talking)
    talk(address, talking, additional_headers={"Cookie": f"authorization=Bearer {token}; token={token}"})


def test_a_mistake_in_one_operation_leaves_the_others(address: str, token: str) -> None:
    async def talking(socket: ClientConnection) -> None:
        await begin(socket, token)
        await say(socket, id="live", type="subscribe", payload={"query": FOLLOW})
        for number, query in enumerate(["{ nonsense", "{ nonsense }", "query A { __typename } query B { __typename }"]):
            await say(socket, id=str(number), type="subscribe", payload={"query": query})
        errors = [await hear(socket) for _ in range(3)]
        await say(socket, id="more", type="subscribe", payload={"query": "{ __typename }"})

        assert [each["type"] for each in errors] == ["error"] * 3
        assert [each["payload"][0]["extensions"]["code"] for each in errors] == [
            "parse_failed",
            "validation_failed",
            "operation_not_found",
        ]
        assert (await hear(socket))["payload"]["data"] == {"__typename": "Query"}

    talk(address, talking)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["nonsense"], 4400),
        (["[]"], 4400),
        (['{"type": "start"}'], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}'], 4401),
        (['{"type": "connection_init", "payload": {"Authorization": "Bearer x"}}'], 4403),
        (['{"type": "connection_init"}'], 4403),
        (["INIT", "INIT"], 4429),
        (["INIT", '{"type": "subscribe", "id": 1, "payload": {}}'], 4400),
        (["INIT", '{"type": "subscribe", "id": "1"}'], 4400),
        (["INIT", "SUBSCRIBE", "SUBSCRIBE"], 4409),
    ],
)
def test_a_message_against_the_protocol_closes_the_socket(
    address: str, token: str, messages: list[str], code: int
) -> None:
    said = {
        "INIT": json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}),
        "SUBSCRIBE": json.dumps({"type": "subscribe", "id": "1", "payload": {"query": FOLLOW}}),
    }

    async def talking(socket: ClientConnection) -> None:
        for message in messages:
            await socket.send(said.get(message, message))
        assert await closing_code(socket) == code

    talk(address, talking)


def test_another_protocol_is_not_spoken(address: str) -> None:
    async def talking(socket: ClientConnection) -> None:
        assert await closing_code(socket) == 4406

    talk(address, talking, subprotocols=None)


def test_a_page_of_another_origin_needs_leave(address: str, world: World, settings: Settings) -> None:
    async def nothing(_: ClientConnection) -> None:
        return

    with pytest.raises(InvalidStatus):
        talk(address, nothing, origin="https://evil.example")
    talk(address, nothing, origin=address.replace("ws://", "http://").removesuffix("/graphql"))
    allowing = create_app(world, settings.model_copy(update={"cors_origins": "https://app.example"}))
    with served(allowing) as other:
        talk(f"ws://{other}/graphql", nothing, origin="https://app.example")


def test_a_subscription_tells_what_happens_until_it_is_completed(address: str, token: str, world: World) -> None:
    async def talking(socket: ClientConnection) -> None:
        await begin(socket, token)
        await say(socket, id="1", type="subscribe", payload={"query": f"{{ liveCursor }} {FOLLOW}"})
        assert (await hear(socket))["type"] == "error"
        cursor = await ask(socket, "{ liveCursor }")
        query = "subscription ($c: String) { historyRecorded(after: $c) { record { seq kind } account { key } } }"
        await say(socket, id="1", type="subscribe", payload={"query": query, "variables": {"c": cursor["liveCursor"]}})
        await asyncio.to_thread(register, world, an_account("GLOBEX"))
        first = await hear(socket)
        await say(socket, id="1", type="complete")
        await asyncio.to_thread(register, world, an_account("INITECH"))
        again = await ask(socket, "{ __typename }")

        assert first["payload"]["data"]["historyRecorded"] == {
            "record": {"seq": 1, "kind": "ASSIGNED"},
            "account": {"key": "GLOBEX"},
        }
        assert again == {"__typename": "Query"}

    talk(address, talking)


async def ask(socket: ClientConnection, query: str) -> dict[str, Any]:
    """The data of a query; anything that comes meanwhile is an error of the test."""
    await say(socket, id="ask", type="subscribe", payload={"query": query})
    answer, end = await hear(socket), await hear(socket)
    assert (answer["id"], end) == ("ask", {"id": "ask", "type": "complete"})
    data: dict[str, Any] = answer["payload"]["data"]
    return data


@pytest.mark.parametrize("ends", ["expires", "is revoked"])
def test_a_socket_ends_with_its_token(address: str, world: World, clock: Clock, ends: str) -> None:
    issued = issue_token(world, ADMIN, "brief", [Role.VIEWER], clock() + timedelta(hours=1))

    async def talking(socket: ClientConnection) -> None:
        await begin(socket, issued.token)
        await say(socket, id="1", type="subscribe", payload={"query": FOLLOW})
        if ends == "expires":
            clock.turn(hours=2)
        else:
            await asyncio.to_thread(revoke_tokens, world, ADMIN, "brief")
        error = await hear(socket)

        assert (error["type"], error["payload"][0]["extensions"]["code"]) == ("error", "unauthenticated")
        assert await closing_code(socket) == 4403

    talk(address, talking)


def test_a_role_that_reads_nothing_follows_nothing(address: str, token_of: Callable[[Role], str]) -> None:
    async def talking(socket: ClientConnection) -> None:
        await begin(socket, token_of(Role.INGEST))
        await say(socket, id="1", type="subscribe", payload={"query": FOLLOW})
        error = await hear(socket)

        assert error["payload"][0]["extensions"]["code"] == "forbidden"

    talk(address, talking)


@pytest.fixture
def thrifty(world: World, settings: Settings) -> Iterator[str]:
    """A server where clients may spend 25 points, and get one back a second."""
    with served(create_app(world, settings.model_copy(update={"rate": 1, "rate_burst": 25}))) as address:
        yield f"ws://{address}/graphql"


def test_who_has_no_points_left_is_told_how_long_to_wait_and_stays_connected(thrifty: str, token: str) -> None:
    async def talking(socket: ClientConnection) -> None:
        await begin(socket, token)
        for given_id, first in (("1", 20), ("2", 20), ("3", 1)):
            query = f"{{ accounts(first: {first}) {{ nodes {{ key }} }} }}"
            await say(socket, id=given_id, type="subscribe", payload={"query": query})
        heard = {message["id"]: message for message in [await hear(socket) for _ in range(5)] if "payload" in message}

        (error,) = heard["2"]["payload"]
        assert [heard[each]["type"] for each in ("1", "2", "3")] == ["next", "error", "next"]
        assert (error["extensions"]["code"], error["extensions"]["throttle"]["restoreRate"]) == ("throttled", 1)
        assert error["extensions"]["throttle"]["retryAfter"] == 17

    talk(thrifty, talking)


def test_an_address_that_guesses_tokens_over_sockets_waits(thrifty: str) -> None:
    codes: list[int | None] = []

    async def guessing(socket: ClientConnection) -> None:
        await say(socket, type="connection_init", payload={"Authorization": f"Bearer lfsm_{len(codes)}"})
        codes.append(await closing_code(socket))

    for _ in range(4):
        talk(thrifty, guessing)

    assert codes == [4403, 4403, 1013, 1013]
