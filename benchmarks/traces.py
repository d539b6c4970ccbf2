"""
CPU of one account page: without the packages of OpenTelemetry, with them and no collector, and traced.

Each contender is a process of its own that answers the page again and again, in memory and without a socket, from
one SQLite file. They take turns, forth and back; each is compared with the floor of its own round, the process without
the packages, so that what else the machine does falls out. Rounds go on until the mean of each ratio is known to
2 % (19 times of 20), or there were 30 of them. What is traced is exported to a collector that takes everything, in
batches, beside the requests.
Run: python -m benchmarks.traces [REQUESTS]
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from time import process_time
from typing import Any

LEAST_ROUNDS, MOST_ROUNDS = 8, 30
CLOSE_ENOUGH = 0.02
REQUESTS = 400
FLOOR = "without the packages"
KEY = "ACME"
PAGE = """query Page($key: String) { account(key: $key) {
  key name csm stage { key title pace enteredAt } health { score band } openCtas { title dueAt }
  history(first: 10) { nodes { seq kind toStageKey effectiveAt } } } }"""
CONTENDERS = {
    FLOOR: ("absent", None),
    "installed, off": ("off", None),
    "on, 1 % of the requests": ("on", "0.01"),
    "on, every request": ("on", "1"),
}


class Absent:
    """An importer that knows no OpenTelemetry."""

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse its packages."""
        if name.partition(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(name)


def child(url: str, token: str, how: str, ratio: str | None, requests: int) -> None:
    """Answer, and print the CPU of one request in microseconds."""
    if how == "absent":
        sys.meta_path.insert(0, Absent())
    from api.app import create_app  # noqa: PLC0415 # after the packages are taken away
    from lifecycle_fsm.bootstrap import open_world  # noqa: PLC0415
    from lifecycle_fsm.cli.telemetry import telling_traces  # noqa: PLC0415
    from lifecycle_fsm.settings import Settings  # noqa: PLC0415

    with ExitStack() as stack:
        collector = stack.enter_context(_collector() if how == "on" else nullcontext(None))
        given = {} if ratio is None else {"traces_endpoint": collector, "traces_ratio": ratio}
        settings = Settings.model_validate({"database_url": url, "worker": False, **given})
        stack.enter_context(telling_traces(settings, b"k" * 16, {}))
        app = create_app(open_world(settings), settings)
        print(asyncio.run(_answered(app, token, requests)))


async def _answered(app: Any, token: str, requests: int) -> float:  # noqa: ANN401 # an ASGI application
    for _ in range(50):
        await _ask(app, token)
    begun = process_time()
    for _ in range(requests):
        await _ask(app, token)
    return (process_time() - begun) / requests * 1e6


async def _ask(app: Any, token: str) -> None:  # noqa: ANN401 # likewise
    import orjson  # noqa: PLC0415

    body = orjson.dumps({"query": PAGE, "variables": {"key": KEY}})
    headers = [(b"authorization", b"Bearer " + token.encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    answered: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answered.append(message.get("body", b""))

    await app(scope, receive, send)
    assert b'"seq":1' in b"".join(answered), answered


@contextmanager
def _collector() -> Iterator[str]:
    """A process that takes whatever is posted."""
    taker = subprocess.Popen([sys.executable, "-c", TAKER], stdout=subprocess.PIPE, text=True)
    assert taker.stdout is not None
    try:
        yield f"http://127.0.0.1:{taker.stdout.readline().strip()}"
    finally:
        taker.kill()
        taker.wait()


TAKER = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Taker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *_): pass
server = HTTPServer(("127.0.0.1", 0), Taker)
print(server.server_port, flush=True)
server.serve_forever()
"""


def main() -> None:
    """Let the contenders take turns, and print."""
    from tests.databases import sqlite_database, sqlite_template  # noqa: PLC0415

    requests = sys.argv[1] if len(sys.argv) > 1 else str(REQUESTS)
    found: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(sqlite_database(folder, sqlite_template(folder)))
        token = _filled(url)
        while not _is_known(found):
            turns = list(CONTENDERS.items())
            for name, (how, ratio) in turns if len(found[FLOOR]) % 2 else reversed(turns):
                found[name].append(_measured(url, token, how, ratio or "", requests))
    print(
        f"One account page, CPU (mean of {len(found[FLOOR])} rounds of {requests} requests, SQLite), beside the floor:"
    )
    for name, figures in found.items():
        ratios = _ratios(found, name)
        error = f"{mean(ratios):>8.3f} ± {_error(ratios):.3f}" if name != FLOOR else ""
        print(f"  {name:<26}{mean(figures):>8.0f} µs{error}")


def _is_known(found: dict[str, list[float]]) -> bool:
    """Whether every ratio is known closely enough."""
    rounds = len(found[FLOOR])
    if not LEAST_ROUNDS <= rounds < MOST_ROUNDS:
        return rounds >= MOST_ROUNDS
    return all(_error(ratios) < CLOSE_ENOUGH * mean(ratios) for ratios in (_ratios(found, name) for name in found))


def _ratios(found: dict[str, list[float]], name: str) -> list[float]:
    """What a contender took, in each round for itself as a multiple of the floor."""
    return [figure / floor for figure, floor in zip(found[name], found[FLOOR], strict=True)]


def _error(ratios: list[float]) -> float:
    """How far the mean may be off, 19 times of 20."""
    return 1.96 * stdev(ratios) / sqrt(len(ratios))


def _filled(url: str) -> str:
    """Put the account into the store, and give a token."""
    from lifecycle_fsm.domain.access import Role  # noqa: PLC0415
    from lifecycle_fsm.services.tokens import issue_token  # noqa: PLC0415
    from tests.worlds import ADMIN, a_stage  # noqa: PLC0415

    with a_stage(url) as stage:
        stage.send(stage.sign(KEY, arr=50_000), setup_completion=90)
        return issue_token(stage.world, ADMIN, "ada", [Role.CSM], None).token


def _measured(*arguments: str) -> float:
    command = [sys.executable, "-m", "benchmarks.traces", "--child", *arguments]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        url, token, how, ratio, requests = sys.argv[2:7]
        child(url, token, how, ratio or None, int(requests))
        os._exit(0)
    main()
