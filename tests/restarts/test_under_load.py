"""Two processes are restarted in turn while many clients read and write: no request is lost, none is done twice."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.services.operations import view_operations
from tests.databases import PostgresServer
from tests.faults.checker import check
from tests.restarts.server import Server
from tests.restarts.switch import Load, Switch, free_port, made_ready
from tests.worlds import ADMIN, Stage, a_stage

CLIENTS = 12
FOLLOW = "subscription { historyRecorded { record { kind } } }"


@pytest.fixture
def url(postgresql: PostgresServer) -> Iterator[str]:
    with postgresql.database() as address:
        yield address


@pytest.mark.long
def test_no_request_is_lost_while_two_servers_are_restarted_in_turn(url: str) -> None:
    with a_stage(url) as stage, ExitStack() as stack:
        accounts, token = made_ready(stage, CLIENTS)
        servers = [Server(url, free_port(), stack) for _ in range(2)]

        load, statuses, ends = asyncio.run(restart_in_turn(servers, token, accounts))

        workers = view_operations(stage.world, ADMIN).workers
        settle(stage)
        check(stage.world, load.written)

    assert load.failures == []
    assert len(load.written) > 50 < load.answered
    assert statuses == [0, 0]
    assert ends == (1012, ["restarting"])
    assert workers == ()


def settle(stage: Stage) -> None:
    stage.clock.at = now()


async def restart_in_turn(
    servers: list[Server], token: str, accounts: tuple[str, ...]
) -> tuple[Load, list[int], tuple[int, list[str]]]:
    first, second = servers
    for server in servers:
        server.start()
    switch, over = Switch(tuple(server.address for server in servers)), asyncio.Event()
    following = asyncio.create_task(switch.follow())
    await switch.until_ready(first.address, second.address)
    load = Load(switch, token, accounts)
    working = asyncio.create_task(load.run(CLIENTS, over))
    socket, stream = asyncio.create_task(close_code(first, token)), asyncio.create_task(codes(first, token))
    async with asyncio.timeout(30):
        await load.is_going.wait()

    statuses = [await first.stop()]
    ends = (await socket, await stream)
    first.start()
    await switch.until_ready(first.address)
    statuses.append(await second.stop())
    over.set()
    await working
    await first.stop()
    following.cancel()
    return load, statuses, ends


async def close_code(server: Server, token: str) -> int:
    """The code with which the server closes a socket that follows changes."""
    async with connect(f"ws://127.0.0.1:{server.port}/graphql", subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item] # a text with a type of its own
        hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
        await socket.send(orjson.dumps(hello).decode())
        await socket.recv()
        await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}}).decode())
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


async def codes(server: Server, token: str) -> list[str]:
    """The codes of errors that a stream of changes ends with; it has to be completed."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    found: list[str] = []
    async with (
        httpx.AsyncClient(timeout=60) as client,
        client.stream("POST", f"{server.address}/graphql", json={"query": FOLLOW}, headers=headers) as answer,
    ):
        lines = [line async for line in answer.aiter_lines()]
    assert "event: complete" in lines
    for line in lines:
        payload: dict[str, Any] = orjson.loads(line.removeprefix("data: ")) if line.startswith("data: {") else {}
        found += [error["extensions"]["code"] for error in payload.get("errors", ())]
    return found
