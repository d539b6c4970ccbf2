"""
How late the news is for 1,000 live subscriptions at 100 changes a second, and what a subscriber costs.

100 CSMs follow their own accounts from 10 windows each over WebSockets; each change is
for ten of them. The floor is the reader's pause between two looks at the log. The server
is a process of its own over SQLite; client and writer share the other core.
Run: python -m benchmarks.subscriptions
"""

import asyncio
import json
import multiprocessing
import socket
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from api.app import create_app
from lifecycle_fsm.bootstrap import now, open_world
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.services.publish import publish
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.migrate import upgrade
from tests.api.definitions import FILES

SUBSCRIBERS, CSMS, RATE, SECONDS = 1_000, 100, 100, 10
ADMIN = Actor("root", frozenset({Role.ADMIN}))
FOLLOW = """subscription ($filter: ChangeFilter) {
  historyRecorded(filter: $filter) { cursor record { seq kind } account { key stage { key } } } }"""
_TICKS = 100


def serve(url: str, listener: socket.socket) -> None:
    """The server's process."""
    settings = Settings(database_url=url)
    app = create_app(open_world(settings), settings)
    config = uvicorn.Config(app, log_level="error", ws="websockets-sansio", ws_per_message_deflate=False)
    uvicorn.Server(config).run(sockets=[listener])


def used(pid: int) -> tuple[float, int]:
    """The CPU seconds that a process has used, and its memory in bytes."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
    return (int(fields[11]) + int(fields[12])) / _TICKS, resident


class Listeners:
    """Every subscriber's socket, and how late what they heard was."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = address, token
        self.committed: dict[str, float] = {}
        self.heard: list[tuple[str, float]] = []

    async def subscribe(self, number: int) -> ClientConnection:
        """Open a socket and follow the accounts of one CSM."""
        live = await connect(f"ws://{self.address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")])
        await live.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {self.token}"}}))
        await live.recv()
        variables = {"filter": {"accounts": {"csms": [f"csm{number % CSMS}"]}}}
        payload = {"query": FOLLOW, "variables": variables}
        await live.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        return live

    async def listen(self, live: ClientConnection) -> None:
        """Note when each event came."""
        async for frame in live:
            at = time.monotonic()
            event = json.loads(frame)["payload"]["data"]["historyRecorded"]
            self.heard.append((event["account"]["key"], at))


def write(world: World, listeners: Listeners) -> None:
    """Register an account every hundredth of a second, and note when it was committed."""
    begun = time.monotonic()
    for number in range(RATE * SECONDS):
        time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
        key = f"A{number}"
        register_accounts(world, ADMIN, [AccountRow(key, key, csm=f"csm{number % CSMS}", facts={"arr": 1})], "bench")
        listeners.committed[key] = time.monotonic()


async def run(listeners: Listeners, world: World, pid: int) -> None:
    _, empty = used(pid)
    sockets = []
    for begin in range(0, SUBSCRIBERS, 50):
        sockets += await asyncio.gather(*(listeners.subscribe(number) for number in range(begin, begin + 50)))
    tasks = [asyncio.create_task(listeners.listen(live)) for live in sockets]
    await asyncio.sleep(1)
    cpu, full = used(pid)
    with ThreadPoolExecutor(1) as pool:
        await asyncio.get_running_loop().run_in_executor(pool, write, world, listeners)
    await asyncio.sleep(1)
    spent = used(pid)[0] - cpu
    for task in tasks:
        task.cancel()
    report(listeners, (full - empty) / SUBSCRIBERS, spent)
    await asyncio.gather(*(live.close() for live in sockets))


def report(listeners: Listeners, memory: float, cpu: float) -> None:
    late = [max(0.0, at - listeners.committed[key]) * 1000 for key, at in listeners.heard if key in listeners.committed]
    cuts = quantiles(late, n=100)
    expected = RATE * SECONDS * SUBSCRIBERS // CSMS
    print(f"deliveries         {len(late):,} of {expected:,}, to {SUBSCRIBERS:,} subscribers in {CSMS} groups")
    print(f"delay              p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms (floor: a look every 50 ms)")
    print(f"memory             {memory / 1024:.0f} kB a subscriber")
    each, share = cpu * 1e6 / max(len(late), 1), 100 * cpu / (SECONDS + 1)
    print(f"CPU of the server  {each:.0f} µs a delivery, {share:.0f} % of a core")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        upgrade(url)
        world = World(Database(url), now)
        publish(world, ADMIN, FILES)
        token = issue_token(world, ADMIN, "bench", [Role.VIEWER], None).token
        listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(url, listener), daemon=True)
        server.start()
        address = "{}:{}".format(*listener.getsockname())
        assert server.pid is not None
        asyncio.run(run(Listeners(address, token), world, server.pid))
        server.terminate()
        server.join(10)
        world.database.dispose()


if __name__ == "__main__":
    main()
