"""
CPU of one request, and requests a second, on one core: our server, a bare one, and PostGraphile 5.

The contenders take turns on one database. PostGraphile is looked for in the folder that
POSTGRAPHILE names (`npm install postgraphile@5 node@24` there); without it that is said aloud.
Run: python -m benchmarks.graphql [ACCOUNTS [ROWS [SECONDS]]]
"""

import asyncio
import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

import orjson
import psycopg

from benchmarks.graphql.data import Store, filled
from benchmarks.graphql.load import Load, post, put_load

ROUNDS = 3

PAGE = """query Page($id: ID!) { account(id: $id) {
  key name csm stage { key title pace enteredAt } health { score band }
  history(first: 10) { nodes { seq kind toStageKey effectiveAt effects { kind milestone } } } } }"""

MANY = """query Many { accounts(first: 50) { nodes {
  key name csm stage { key title pace enteredAt } health { score band }
  history(first: 10) { nodes { seq kind toStageKey effectiveAt effects { kind milestone } } } } } }"""

STAGES = "{ reports { stageDistribution { segment stage count } } }"
PEER_STAGES = "{ allStageDistributions { nodes { segment stage count } } }"

FIRE = """mutation Fire($input: FireTransitionInput!) { fireTransition(input: $input) {
  __typename ... on TransitionFired { account { id revision stage { key } } } ... on Problem { code } } }"""

_PEER = """accountId stage enteredAt notedPace healthScore healthBand csm
  accountProfileByAccountId { key name }
  transitionLogsByAccountId(first: 10, orderBy: SEQ_DESC) { nodes { seq kind toStage effectiveAt effects } }"""
PEER_PAGE = f"query Page($id: UUID!) {{ accountStateByAccountId(accountId: $id) {{ {_PEER} }} }}"
PEER_MANY = f"query Many {{ allAccountStates(first: 50) {{ nodes {{ {_PEER} }} }} }}"

Bodies = Mapping[str, Callable[[int], bytes]]
"""Requests by the name of what is measured."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A running server."""

    name: str
    port: int
    pid: int
    bodies: Bodies


@contextmanager
def served(command: list[str], port: int, environment: Mapping[str, str]) -> Iterator[int]:
    """Run a server on the first core, and give its process id once it listens."""
    process = subprocess.Popen(["taskset", "-c", "0", *command], env={**os.environ, **environment})
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def uvicorn(app: str, port: int) -> list[str]:
    """A command that serves an application factory."""
    return [sys.executable, "-m", "uvicorn", "--factory", app, "--port", str(port), "--no-access-log"]


def sent(path: str, token: str, query: str, id_of: Callable[[UUID], str], ids: list[UUID]) -> Callable[[int], bytes]:
    """Requests for one account after another."""
    made = [post(path, token, orjson.dumps({"query": query, "variables": {"id": id_of(each)}})) for each in ids]
    return lambda number: made[number % len(made)]


def fired(store: Store) -> Callable[[int], bytes]:
    """Moves of one account after the other; a second round goes on where the first ended."""
    turn = count()

    def body(_: int) -> bytes:
        number = next(turn)
        account = global_id(store.movable[number % len(store.movable)])
        given = {"accountId": account, "trigger": "finish", "idempotencyKey": f"fire-{number}"}
        return post("/graphql", store.token, orjson.dumps({"query": FIRE, "variables": {"input": given}}))

    return body


def moved(store: Store) -> int:
    """How many accounts the benchmark has moved."""
    with psycopg.connect(store.plain_url) as connection:
        query = "SELECT count(*) FROM transition_log WHERE command_id LIKE 'fire-%' AND kind = 'moved'"
        return int((connection.execute(query).fetchone() or (0,))[0])


def global_id(account_id: UUID) -> str:
    """The id of an account as our API has it."""
    return base64.urlsafe_b64encode(f"Account:{account_id}".encode()).decode().rstrip("=")


def contenders(store: Store, stack: ExitStack) -> Iterator[Contender]:
    """Start every server that there is."""
    ours, bare = free_port(), free_port()
    settings = {"LIFECYCLE_DATABASE_URL": store.url, "LIFECYCLE_PORT": str(ours)}
    pid = stack.enter_context(served([sys.executable, "-m", "benchmarks.graphql.served"], ours, settings))
    pages = {"page": sent("/graphql", store.token, PAGE, global_id, store.ids)}
    many = post("/graphql", store.token, orjson.dumps({"query": MANY}))
    stages = post("/graphql", store.token, orjson.dumps({"query": STAGES}))
    yield Contender(
        "ours", ours, pid, {**pages, "many": lambda _: many, "stages": lambda _: stages, "fire": fired(store)}
    )
    pid = stack.enter_context(
        served(uvicorn("benchmarks.graphql.bare:make_app", bare), bare, {"BENCH_URL": store.plain_url})
    )
    pages = {"page": sent("/page", "", "", str, store.ids)}
    yield Contender(
        "bare Starlette",
        bare,
        pid,
        {**pages, "many": lambda _: post("/many", "", b"{}"), "stages": lambda _: post("/stages", "", b"{}")},
    )
    yield from postgraphile(store, stack)


def postgraphile(store: Store, stack: ExitStack) -> Iterator[Contender]:
    """Start the peer where it is installed."""
    folder = Path(os.environ.get("POSTGRAPHILE", "node_modules"))
    node, script = folder / "node/bin/node", folder / "postgraphile/dist/cli-run.js"
    if not (node.exists() and script.exists()):
        print(f"PostGraphile is MISSING: {script} and {node} are not there", file=sys.stderr)
        return
    port = free_port()
    preset = ["-P", "postgraphile/presets/v4", "-c", store.plain_url, "-s", "public", "-p", str(port)]
    command = [str(node), str(script), *preset, "--no-watch"]
    pid = stack.enter_context(served(command, port, {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}))
    many = post("/graphql", "", orjson.dumps({"query": PEER_MANY}))
    stages = post("/graphql", "", orjson.dumps({"query": PEER_STAGES}))
    pages = {"page": sent("/graphql", "", PEER_PAGE, str, store.ids)}
    yield Contender("PostGraphile 5", port, pid, {**pages, "many": lambda _: many, "stages": lambda _: stages})


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measured(each: Contender, what: str, seconds: float) -> Load:
    """Warm up, then the round with the least CPU."""
    rounds = [asyncio.run(put_load(each.port, each.pid, each.bodies[what], seconds)) for _ in range(ROUNDS)]
    return min(rounds, key=lambda load: load.cpu_ms)


def main() -> None:
    accounts, rows, seconds = (int(each) for each in [*sys.argv[1:], *["100000", "20", "4"][len(sys.argv) - 1 :]])
    with ExitStack() as stack:
        store = stack.enter_context(filled(accounts, rows))
        print(f"{accounts:,} accounts, {accounts * rows:,} history rows")
        running = list(contenders(store, stack))
        for what in ("page", "many", "stages", "fire"):
            print(what)
            found = {each.name: measured(each, what, seconds) for each in running if what in each.bodies}
            for name, load in found.items():
                print(load.line(name))
            for name, load in found.items():
                if name != "ours":
                    print(f"  ours takes {load.cpu_ms / found['ours'].cpu_ms:.2f}x the requests of {name} per CPU")
        print(f"  {moved(store):,} accounts were moved")


if __name__ == "__main__":
    main()
