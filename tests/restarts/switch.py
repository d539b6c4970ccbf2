"""Two servers behind a switch that follows /readyz, and clients that never try twice."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from time import monotonic

import httpx

from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.tokens import issue_token
from tests.background.processes import a_process
from tests.worlds import ADMIN, Stage

EVERY_SECONDS = 0.1
IDLE_SECONDS = 2
"""For how long a client keeps an idle connection: less than servers do, also those of the release before."""
READ = "{ accounts(first: 5) { nodes { id stage { key } } } }"
WRITE = """mutation ($input: RecordFactsInput!) {
  recordFacts(input: $input) { __typename ... on FactsRecorded { rows { isAccepted } } ... on Problem { code } } }"""


def made_ready(stage: Stage, clients: int) -> tuple[tuple[str, ...], str]:
    """Let a stage go by the real clock with an account for each client; gives their keys, and a token for all."""
    stage.world = replace(stage.world, clock=now)
    accounts = tuple(f"A{number}" for number in range(clients))
    for key in accounts:
        stage.sign(key, arr=5_000, csm=None)
    return accounts, issue_token(stage.world, ADMIN, "load", [Role.ADMIN], None).token


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Switch:
    """Know which servers are ready, as a load balancer does: by asking each of them ten times a second."""

    addresses: tuple[str, ...]
    ready: tuple[str, ...] = ()
    slowest: float = 0.0
    """The longest that a server took to say whether it is ready, in seconds; one that drains for less is missed."""
    _turn: int = 0
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        """Ask until cancelled; no server waits for what another one says."""
        async with httpx.AsyncClient(timeout=5) as client, asyncio.TaskGroup() as group:
            for address in self.addresses:
                group.create_task(self._follow(client, address))

    async def until_ready(self, *addresses: str) -> None:
        async with asyncio.timeout(60):
            while not set(addresses) <= set(self.ready):
                self._asked.clear()
                await self._asked.wait()

    def choose(self) -> str:
        self._turn += 1
        return self.ready[self._turn % len(self.ready)]

    async def _follow(self, client: httpx.AsyncClient, address: str) -> None:
        while True:
            begun = monotonic()
            is_ready = await self._is_ready(client, address)
            self.ready = tuple(each for each in self.addresses if (is_ready if each == address else each in self.ready))
            self._asked.set()
            self.slowest = max(self.slowest, monotonic() - begun)
            await asyncio.sleep(EVERY_SECONDS)

    async def _is_ready(self, client: httpx.AsyncClient, address: str) -> bool:
        with suppress(httpx.HTTPError):
            return (await client.get(f"{address}/readyz", headers={"Connection": "close"})).status_code == 200
        return False


@dataclass
class Load:
    """Clients that read and write without a pause, each request once; what fails is kept."""

    switch: Switch
    token: str
    accounts: tuple[str, ...]
    failures: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    answered: int = 0
    is_going: asyncio.Event = field(default_factory=asyncio.Event)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: "count[int]" = field(default_factory=count)

    async def run(self, clients: int, until: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                group.create_task(self._client(number, until))

    async def answers(self, more: int) -> None:
        """Wait until so many more requests were answered."""
        until = self.answered + more
        async with asyncio.timeout(60):
            while self.answered < until:
                self._answered.clear()
                await self._answered.wait()

    async def _client(self, number: int, until: asyncio.Event) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        limits = httpx.Limits(keepalive_expiry=IDLE_SECONDS)
        async with httpx.AsyncClient(timeout=30, headers=headers, limits=limits) as client:
            while not until.is_set():
                try:
                    await self._ask(client, next(self._numbers), number)
                except httpx.HTTPError as error:
                    self.failures.append(f"{type(error).__name__}: {error} ({error.request.url}; {self.switch})")

    async def _ask(self, client: httpx.AsyncClient, turn: int, number: int) -> None:
        key = f"load-{turn}"
        rows = [{"accountKey": self.accounts[number], "measure": "setup_completion", "value": turn % 101}]
        writes = turn % 2 == 0
        body = (
            {"query": WRITE, "variables": {"input": {"source": "load", "idempotencyKey": key, "rows": rows}}}
            if writes
            else {"query": READ}
        )
        answer = await client.post(f"{self.switch.choose()}/graphql", json=body)
        told = answer.json()
        if answer.status_code != 200 or "errors" in told:
            self.failures.append(f"{answer.status_code}: {answer.text[:200]}")
        elif writes and told["data"]["recordFacts"]["__typename"] == "FactsRecorded":
            self.written.append(key)
        elif writes:
            self.failures.append(answer.text[:200])
        self.answered += 1
        self._answered.set()
        if self.answered >= len(self.accounts):
            self.is_going.set()


__all__ = ["Load", "Switch", "a_process", "free_port"]
