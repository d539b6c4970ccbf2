"""
Rows brought in by HTTP, GraphQL and CSV, beside the same rows given to the bare driver; lag of deadlines meanwhile.

The floor writes the history rows alone: COPY on PostgreSQL, executemany on SQLite, no
look at what is known and nothing shown in the hot row. All send the same number of
values of the same accounts, in batches of 1,000. CPU is that of this process, client
and server together; the wall clock is told too, for SQLite waits for the disk.
Run: python -m benchmarks.ingest
"""

import asyncio
import io
import json
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select, update

from api.app import create_app
from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.background.worker import working
from lifecycle_fsm.bootstrap import now
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.fields import measure_field
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.domain.schedule import Every
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.importing.accounts import ImportAccounts, import_accounts
from lifecycle_fsm.services.importing.outcomes import Imported
from lifecycle_fsm.services.intake.batch import Batch, take_batch
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.facts import Noted, Observation, append_history
from lifecycle_fsm.store.tables.accounts import account_state
from tests.databases import postgres_server, sqlite_database, sqlite_template
from tests.services.test_import_accounts import Heard
from tests.worlds import ADMIN, FEED, a_stage

ACCOUNTS, ROUNDS = 1_000, 10
MEASURE = "usage.logins_30d"
LAG_SECONDS = 20.0
DUE = 500
"""Accounts of the lower half, whose deadlines pass while the upper half gets rows."""
MAP = b"schema: lifecycle/import/v1\naccount: {key: Id}\nmeasures: {usage.logins_30d: Logins}\n"
MUTATION = """mutation ($rows: [FactRowInput!]!, $key: String!) {
  recordFacts(input: {rows: $rows, source: "bench", idempotencyKey: $key}) {
    ... on FactsRecorded { rows { note } } } }"""

Send = Callable[[datetime], None]
"""Brings in one value of each account, observed at an instant."""


def value_at(at: datetime) -> int:
    """A value that was not there a second before."""
    return to_ms(at) // 1000 % 90


class Doors:
    """Every way into one store."""

    def __init__(self, world: World, runner: asyncio.Runner) -> None:
        self.world = world
        self.runner = runner
        self.token = issue_token(world, ADMIN, "bench", [Role.ADMIN], None).token
        self.app = create_app(world, Settings(max_body_bytes=10_000_000))

    def floor(self, at: datetime) -> None:
        """The history rows alone."""
        field = measure_field(MEASURE)
        rows = [Observation(account_id_for(f"A-{each}"), field, value_at(at), at, "bench") for each in range(ACCOUNTS)]
        with self.world.database.writing() as connection:
            append_history(connection, [Noted(row, at + timedelta(days=1), 0) for row in rows])

    def http(self, at: datetime) -> None:
        """NDJSON to the door for tools."""
        row = {"measure": MEASURE, "value": value_at(at), "observedAt": at.isoformat()}
        body = b"".join(json.dumps({"account": f"A-{each}", **row}).encode() + b"\n" for each in range(ACCOUNTS))
        answer = self._post("/ingest/v1/measures", content=body, headers={"content-type": "application/x-ndjson"})
        assert answer["notes"] == {"recorded": ACCOUNTS}, answer

    def graphql(self, at: datetime) -> None:
        """A mutation that gives every row its result."""
        row = {"measure": MEASURE, "value": value_at(at), "observedAt": at.isoformat()}
        rows = [{"accountKey": f"A-{each}", **row} for each in range(ACCOUNTS)]
        variables = {"rows": rows, "key": at.isoformat()}
        answer = self._post("/graphql", json={"query": MUTATION, "variables": variables})
        assert [each["note"] for each in answer["data"]["recordFacts"]["rows"]] == ["RECORDED"] * ACCOUNTS, answer

    def csv(self, at: datetime) -> None:
        """A file with a mapping."""
        lines = "".join(f"A-{each},{value_at(at)}\n" for each in range(ACCOUNTS))
        stream = io.BytesIO(f"Id,Logins\n{lines}".encode())
        wanted = ImportAccounts("rows.csv", stream, "map.yaml", MAP, at, batch=1_000)
        imported = import_accounts(self.world, FEED, wanted, Heard())
        assert isinstance(imported, Imported)
        assert imported.counts.updated == ACCOUNTS, imported

    def _post(self, path: str, **request: Any) -> Any:  # noqa: ANN401 - as httpx has it
        async def post() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
                headers = {"authorization": f"Bearer {self.token}", **request.pop("headers", {})}
                return await client.post(path, headers=headers, **request)

        return self.runner.run(post()).json()


def contest(kind: str, doors: Doors) -> None:
    """Let all doors take turns, and print what a row costs."""
    contenders: dict[str, Send] = {"floor": doors.floor, "http": doors.http, "graphql": doors.graphql, "csv": doors.csv}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    at = now() - timedelta(days=20)
    for _ in range(ROUNDS):
        for name, send in contenders.items():
            at += timedelta(seconds=61)
            cpu, wall = process_time(), perf_counter()
            send(at)
            spent[name].append((process_time() - cpu, perf_counter() - wall))
    floor = median(cpu for cpu, _ in spent["floor"])
    for name, each in spent.items():
        cpu, wall = median(c for c, _ in each), median(w for _, w in each)
        print(
            f"{kind:<10} {name:<8} {ACCOUNTS / cpu:>9,.0f} rows/s of CPU  {cpu / ACCOUNTS * 1e6:6.1f} us a row  "
            f"{ACCOUNTS / wall:>9,.0f} rows/s on the clock  {cpu / floor:5.2f} x floor"
        )


def lag(kind: str, world: World, workflows: str) -> None:
    """Let deadlines pass one after the other while rows come in, and print how late they are acted on."""
    plan = WorkerPlan("bench", "1", workflows, {JobName.EVALUATE: Every(1_000, "1s")})
    ending = Event()
    feeder = Thread(target=feed, args=(world, ending))
    with working(world, plan):
        feeder.start()
        late = sorted(lateness(world, deadlines(world), ending))
        ending.set()
        feeder.join()
    p99 = late[int(len(late) * 0.99)]
    print(f"{kind:<10} deadline lag while ingesting: median {median(late):.2f} s, p99 {p99:.2f} s of {len(late)}")


def deadlines(world: World) -> dict[UUID, int]:
    """Give accounts that get no rows a deadline each, evenly over the time to come; milliseconds."""
    first, apart = to_ms(now()) + 1_000, LAG_SECONDS * 1_000 / DUE
    due = {account_id_for(f"A-{place}"): int(first + place * apart) for place in range(DUE)}
    with world.database.writing() as connection:
        for account, at in due.items():
            here = account_state.c.account_id == account
            connection.execute(update(account_state).where(here).values(next_check_at=at))
    return due


def lateness(world: World, due: dict[UUID, int], pause: Event) -> list[float]:
    """Seconds from each deadline until its account has another one, or none; those never seen to change count whole."""
    query = select(account_state.c.account_id, account_state.c.next_check_at).where(account_state.c.account_id.in_(due))
    waiting, late, end = dict(due), list[float](), max(due.values()) + LAG_SECONDS * 1_000
    while waiting and to_ms(now()) < end:
        with world.database.reading() as connection:
            found = {row.account_id: row.next_check_at for row in connection.execute(query)}
        seen_at = to_ms(now())
        done = [account for account, at in waiting.items() if found[account] != at]
        late += [(seen_at - waiting.pop(account)) / 1_000 for account in done]
        pause.wait(0.02)
    return late + [(end - at) / 1_000 for at in waiting.values()]


def feed(world: World, ending: Event) -> None:
    """Bring in batch after batch."""
    at = now() - timedelta(days=5)
    while not ending.is_set():
        at += timedelta(seconds=61)
        row = {"measure": MEASURE, "value": value_at(at), "observedAt": at.isoformat()}
        rows = [{"account": f"A-{each + DUE}", **row} for each in range(ACCOUNTS // 2)]
        take_batch(world, FEED, Batch(Kind.MEASURES, rows, "bench"))
        ending.wait(0.25)


def bench(kind: str, url: str, workflows: str) -> None:
    """Print the figures of one database."""
    with a_stage(url) as stage, asyncio.Runner() as runner:
        world = replace(stage.world, clock=now, small_batch=0)
        rows = [AccountRow(f"A-{each}", f"A {each}", facts={"account.arr": 5_000}) for each in range(ACCOUNTS)]
        register_accounts(world, FEED, rows, "bench")
        contest(kind, Doors(world, runner))
        evaluate_waiting(world, ADMIN)
        lag(kind, world, workflows)


def main() -> None:
    """Print a line for each database and door."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgres_server(folder, durable=True))
        url = stack.enter_context(server.database())
        bench("postgresql", url, url)
        url = stack.enter_context(sqlite_database(folder, sqlite_template(folder)))
        bench("sqlite", url, f"sqlite:///{folder / 'workflows.db'}")


if __name__ == "__main__":
    main()
