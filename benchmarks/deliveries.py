"""
Webhooks delivered a second: claimed, signed, sent and settled, beside the same requests sent by themselves.

The receiver is a process of its own on loopback that answers 204 at once. The floor opens
as many connections at a time and writes the same bytes, without claiming, signing or
settling anything. CPU is that of the sender.
Run: python -m benchmarks.deliveries
"""

import asyncio
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from sqlalchemy import func, select

from lifecycle_fsm.background.notify.posting import AT_ONCE, Post
from lifecycle_fsm.background.notify.webhook import Webhook
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.store.tables.work import delivery
from tests.databases import postgres_server, sqlite_database, sqlite_template
from tests.worlds import FEED, a_stage

ACCOUNTS = 500
RECEIVER = """
import asyncio, sys
async def answer(reader, writer):
    head = await reader.readuntil(b"\\r\\n\\r\\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\\r\\n")[0])
    await reader.readexactly(length)
    writer.write(b"HTTP/1.1 204 No Content\\r\\nConnection: close\\r\\n\\r\\n")
    await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


async def bare(port: int, count: int) -> None:
    """Send requests of the same size, as many at once, and read the status."""
    gate, body = asyncio.Semaphore(AT_ONCE), b"x" * 500
    text = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\nX-Pad: " + b"y" * 250 + b"\r\n\r\n" + body

    async def one() -> None:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(text)
            assert b" 204 " in await reader.readline()
            writer.transport.abort()

    await asyncio.gather(*(one() for _ in range(count)))


def bench(kind: str, url: str, port: int) -> None:
    """Print the figures of one database."""
    with a_stage(url) as stage:
        rows = [AccountRow(f"A-{each}", f"A {each}", facts={"account.arr": 150_000}) for each in range(ACCOUNTS)]
        for start in range(0, ACCOUNTS, 100):
            register_accounts(stage.world, FEED, rows[start : start + 100], "bench")
        crm = Notifications({"crm": WebhookChannel("crm", "http://127.0.0.1", ())}, (Route(("crm",)),))
        while route_page(stage.world, crm) is not None:
            pass
        with stage.world.database.reading() as connection:
            count = connection.execute(select(func.count()).select_from(delivery)).scalar_one()
        hook = Webhook(f"http://127.0.0.1:{port}/", (b"k" * 24,), (ip_network("127.0.0.0/8"),))
        post = Post(stage.world, {"crm": hook}, Random(1))
        cpu, wall = process_time(), perf_counter()
        while post.page("crm") is not None:
            pass
        cpu, wall = process_time() - cpu, perf_counter() - wall
        floor_cpu, floor_wall = process_time(), perf_counter()
        asyncio.run(bare(port, count))
        floor_cpu, floor_wall = process_time() - floor_cpu, perf_counter() - floor_wall
        print(
            f"{kind:<10} {count:,} deliveries: {count / wall:,.0f} a second, {cpu / count * 1e6:.0f} us of CPU each; "
            f"floor {count / floor_wall:,.0f} a second, {floor_cpu / count * 1e6:.0f} us; {cpu / floor_cpu:.1f} x"
        )


def main() -> None:
    """Print a line for each database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        receiver = subprocess.Popen([sys.executable, "-c", RECEIVER], stdout=subprocess.PIPE, text=True)
        stack.callback(receiver.kill)
        assert receiver.stdout is not None
        port = int(receiver.stdout.readline())
        server = stack.enter_context(postgres_server(folder, durable=True))
        bench("postgresql", stack.enter_context(server.database()), port)
        bench("sqlite", stack.enter_context(sqlite_database(folder, sqlite_template(folder))), port)


if __name__ == "__main__":
    main()
