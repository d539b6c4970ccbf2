"""Equal queries of one actor are answered by one run, and still nobody sees less than was there when it asked."""

import asyncio
from collections.abc import Callable

import httpx

from api.app import create_app
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from tests.api.conftest import register

COUNT = "{ viewer { name } accounts(first: 100) { nodes { key } } }"


def test_everybody_who_asks_after_a_commit_sees_it(
    world: World, settings: Settings, token_of: Callable[[Role], str]
) -> None:
    """Clients ask without a pause while accounts are registered; each answer has those from before its request."""
    app, names = create_app(world, settings), (token_of(Role.ADMIN), token_of(Role.CSM))
    committed: list[str] = []

    async def look(client: httpx.AsyncClient, token: str, name: str) -> None:
        for _ in range(15):
            known = set(committed)
            answer = await client.post("/graphql", json={"query": COUNT}, headers={"Authorization": f"Bearer {token}"})
            data = answer.json()["data"]
            assert known <= {each["key"] for each in data["accounts"]["nodes"]}
            assert data["viewer"]["name"] == name

    async def write() -> None:
        for number in range(10):
            key = f"SHARED-{number}"
            await asyncio.to_thread(register, world, AccountRow(key, key))
            committed.append(key)

    async def scene() -> None:
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://t") as client,
        ):
            own = [await _name(client, token) for token in names]
            await asyncio.gather(write(), *(look(client, names[n % 2], own[n % 2]) for n in range(8)))

    asyncio.run(scene())

    assert len(committed) == 10


async def _name(client: httpx.AsyncClient, token: str) -> str:
    answer = await client.post(
        "/graphql", json={"query": "{ viewer { name } }"}, headers={"Authorization": f"Bearer {token}"}
    )
    return str(answer.json()["data"]["viewer"]["name"])
