"""Minutes of everything at once: reads, writes, followers, sweeps, killed workers, servers restarted in turn."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import pytest

from api.ids import global_id
from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.domain.facts import account_id_for
from tests.background.processes import a_process
from tests.databases import PostgresServer
from tests.faults.checker import check
from tests.restarts.server import Server
from tests.restarts.switch import Load, Switch, free_port, made_ready
from tests.worlds import a_stage

SECONDS = float(os.environ.get("SOAK_SECONDS", "75"))
CLIENTS = 8
WARM_UP = 1 / 3
SWEEP_EVERY = 7
MOST_GROWTH = 0.15 if SECONDS >= 300 else 0.3
"""How much larger a process may be at the end than after the first third, as a share; caches fill in short runs."""

SWEEP = """mutation ($key: String!) { startSweep(input: {idempotencyKey: $key}) {
  __typename ... on Problem { code } } }"""
OPEN = """mutation ($account: ID!, $key: String!) { openCta(input: {accountId: $account, title: "Soak",
  type: ACTIVITY, reason: "soak", idempotencyKey: $key}) { __typename ... on Problem { code } } }"""
FOLLOW = "subscription { historyRecorded { record { kind } } }"


@pytest.fixture
def url(postgresql: PostgresServer) -> Iterator[str]:
    with postgresql.database() as address:
        yield address


@dataclass
class Seen:
    """What happened beside the load."""

    sizes: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    followed: int = 0
    streams: int = 0
    swept: int = 0
    killed: int = 0
    restarted: int = 0
    wrong: list[str] = field(default_factory=list)

    def growth(self, name: str) -> float:
        """How much larger a process is in the last tenth than right after the warm-up, as a share."""
        kept = [size for at, size in self.sizes[name] if at >= SECONDS * WARM_UP]
        few = max(1, len(kept) // 10)
        return sum(kept[-few:]) / sum(kept[:few]) - 1

    def curve(self, name: str) -> list[int]:
        """How large a process was at twelve instants from its start to the end, in MB."""
        kept = [size for _, size in self.sizes[name]]
        return [round(kept[(len(kept) - 1) * part // 11] / 1024) for part in range(12)]


@pytest.mark.soak
def test_nothing_fails_is_lost_or_grows(url: str) -> None:
    with a_stage(url) as stage, ExitStack() as stack:
        accounts, token = made_ready(stage, CLIENTS)
        settings = {"worker": "false", "drain_seconds": "8", "log_level": "warning"}
        servers = [Server(url, free_port(), stack, settings) for _ in range(3)]

        load, seen = asyncio.run(soak(url, servers, token, accounts))

        stage.clock.at = now()
        check(stage.world, load.written)

    grown = {name: round(seen.growth(name), 3) for name in seen.sizes}
    print(  # noqa: T201 - the figures of a soak are what it is for
        f"\n{SECONDS:.0f} s: {load.answered} answers, {len(load.written)} writes, {seen.followed} records followed, "
        f"{seen.streams} streams ended, {seen.swept} sweeps, {seen.killed} workers killed, "
        f"{seen.restarted} servers restarted, growth {grown}, slowest probe {load.switch.slowest:.1f} s, "
        f"sizes in MB, twelve times on the way { {name: seen.curve(name) for name in seen.sizes} }"
    )
    assert load.failures == [], load.failures[:5]
    assert seen.wrong == [], seen.wrong[:5]
    assert min(seen.followed, seen.swept, seen.killed, seen.restarted) > 0
    assert {name: share for name, share in grown.items() if share > MOST_GROWTH} == {}


async def soak(url: str, servers: list[Server], token: str, accounts: tuple[str, ...]) -> tuple[Load, Seen]:
    for server in servers:
        server.start()
    switch, over, seen = Switch(tuple(each.address for each in servers)), asyncio.Event(), Seen()
    following = asyncio.create_task(switch.follow())
    await switch.until_ready(*switch.addresses)
    load = Load(switch, token, accounts)
    with a_process("worker", database_url=url, worker_name="steady", log_level="warning") as steady:
        steady_server = servers[2].process
        assert steady_server is not None
        async with asyncio.TaskGroup() as group:
            group.create_task(load.run(CLIENTS, over))
            group.create_task(_restart(servers[:2], switch, over, seen))
            group.create_task(_kill_workers(url, over, seen))
            group.create_task(_change(servers[2], token, over, seen))
            followers = [group.create_task(_follow(server, token, over, seen)) for server in servers]
            group.create_task(_measure({"server": steady_server.pid, "worker": steady.pid}, over, seen))
            await asyncio.sleep(SECONDS)
            over.set()
            for follower in followers:
                follower.cancel()
    for server in servers:
        seen.wrong += [f"a server ended with {status}" for status in [await server.stop()] if status != 0]
    following.cancel()
    return load, seen


async def _restart(servers: list[Server], switch: Switch, over: asyncio.Event, seen: Seen) -> None:
    while not over.is_set():
        for server in servers:
            seen.wrong += [f"a server ended with {status}" for status in [await server.stop()] if status != 0]
            server.start()
            await switch.until_ready(server.address)
            seen.restarted += 1
            await _rest(over, 5)


async def _kill_workers(url: str, over: asyncio.Event, seen: Seen) -> None:
    while not over.is_set():
        with a_process("worker", database_url=url, worker_name="victim", log_level="warning") as victim:
            await _rest(over, 12)
            victim.kill()
            seen.killed += 1


async def _change(server: Server, token: str, over: asyncio.Event, seen: Seen) -> None:
    """Open a CTA a second, and ask for a sweep now and then."""
    account = global_id("Account", account_id_for("A0"))
    async with httpx.AsyncClient(timeout=30, headers={"Authorization": f"Bearer {token}"}) as client:
        for number in count():
            if over.is_set():
                return
            seen.swept += number % SWEEP_EVERY == 0
            for query in (OPEN, SWEEP) if number % SWEEP_EVERY == 0 else (OPEN,):
                body = {"query": query, "variables": {"account": account, "key": f"soak-{number}"}}
                answer = (await client.post(f"{server.address}/graphql", json=body)).json()
                if "errors" in answer or '"code"' in str(answer).replace("'", '"'):
                    seen.wrong.append(str(answer)[:200])
            await _rest(over, 1)


async def _follow(server: Server, token: str, over: asyncio.Event, seen: Seen) -> None:
    """Follow changes; a server that stops ends the stream, and the client comes again until it is back."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    async with httpx.AsyncClient(timeout=60, headers=headers) as client:
        while not over.is_set():
            with suppress(httpx.ConnectError):
                async with client.stream("POST", f"{server.address}/graphql", json={"query": FOLLOW}) as answer:
                    async for line in answer.aiter_lines():
                        seen.followed += '"kind"' in line
                        if '"errors"' in line and "restarting" not in line:
                            seen.wrong.append(line[:200])
                seen.streams += 1
            await _rest(over, 0.5)


async def _measure(processes: dict[str, int], over: asyncio.Event, seen: Seen) -> None:
    begun = time.monotonic()
    while not over.is_set():
        for name, pid in processes.items():
            seen.sizes.setdefault(name, []).append((time.monotonic() - begun, resident_kb(pid)))
        await _rest(over, 1)


def resident_kb(pid: int) -> int:
    """The memory that a process holds, in KB."""
    (line,) = (each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmRSS:"))
    return int(line.split()[1])


async def _rest(over: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await over.wait()
