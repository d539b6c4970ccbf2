"""
CPU of one committed transition: the store's `save` beside the same statements given to the bare driver.

A transition here moves an account, appends one history row with ten inputs, opens a CTA
and puts two messages into the outbox. The floor executes the recorded statements with
their values ready, so it neither builds, hashes nor checks anything. Both commit to disk.
Every commit has an account of its own. The contenders take turns.
Run: python -m benchmarks.commit
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import Any, cast

import psycopg

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.store.accounts import create_accounts, load_accounts
from lifecycle_fsm.store.change import AccountChange, Message, Record
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.transitions import save
from tests.databases import postgres_server, sqlite_database, sqlite_template
from tests.store.builders import NOON, a_cta, a_move, a_new_account, an_entry

ROUNDS = 5
COMMITS = 640
"""For each round; fsync takes a millisecond or more, so this is most of the time that it takes."""

LAYOUT = Layout({f"visits.stage{place}": f"i{place:02}" for place in range(10)})

Statement = tuple[str, Sequence[Sequence[Any]]]
"""What was executed, and the values of each execution."""

Tape = Sequence[Statement]
Work = Callable[[int], None]


class TapedSqlite(sqlite3.Connection):
    """Writes down what it executes."""

    tape: list[Statement]

    def execute(self, statement: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as the driver
        """Execute and write down."""
        self.tape.append((statement, [parameters]))
        return super().execute(statement, parameters)

    def executemany(self, statement: str, parameters: Any, /) -> sqlite3.Cursor:  # noqa: ANN401 - as the driver
        """Execute and write down."""
        self.tape.append((statement, list(parameters)))
        return super().executemany(statement, parameters)


class TapedCursor(psycopg.Cursor[Any]):
    """Writes down on the connection's tape what it executes."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "TapedCursor":  # noqa: ANN401 - as the driver
        """Execute and write down."""
        cast("Any", self.connection).tape.append((query, [params]))
        super().execute(query, params, **options)
        return self

    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:  # noqa: ANN401
        """Execute and write down."""
        cast("Any", self.connection).tape.append((query, list(params_seq)))
        super().executemany(query, params_seq, returning=returning)


def changes(database: Database, round_number: int) -> list[AccountChange]:
    """One change for each of the round's new accounts."""
    new = [a_new_account(f"{round_number}-{number}") for number in range(COMMITS)]
    ids = [account.profile.account_id for account in new]
    with database.writing() as connection:
        create_accounts(connection, new)
        stored = load_accounts(connection, ids, LAYOUT)
    inputs: dict[str, Value] = {f"measure.m{place}": place * 1.1 for place in range(10)}
    messages = tuple(Message(kind, {"stage": "adoption"}, NOON, 0) for kind in ("moved", "cta_opened"))
    row: dict[str, Value] = {f"visits.stage{place}": place for place in range(10)}
    return [
        replace(
            a_move(stored[account_id], ctas=(a_cta(),)),
            records=(Record(an_entry(command_id=str(account_id)), inputs),),
            messages=messages,
            row=row,
        )
        for account_id in ids
    ]


def store_work(database: Database, asked: Sequence[AccountChange]) -> Work:
    """Save one change in a transaction."""

    def work(number: int) -> None:
        with database.writing() as connection:
            save(connection, asked[number], LAYOUT)

    return work


def record_tapes(driver: Any, dialect: str, asked: Sequence[AccountChange]) -> list[Tape]:  # noqa: ANN401 - any driver
    """The statements of each change, executed once and undone."""
    connection = cast(
        "Connection",
        SimpleNamespace(
            dialect=SimpleNamespace(name=dialect), connection=SimpleNamespace(driver_connection=driver), info={}
        ),
    )
    tapes = []
    for change in asked:
        driver.tape = []
        save(connection, change, LAYOUT)
        tapes.append(driver.tape)
    driver.tape = []
    driver.rollback()
    return tapes


@dataclass(frozen=True, slots=True)
class Bench:
    """One database: how to make the floor's work from tapes, and how much CPU its server has used."""

    name: str
    database: Database
    tapes: Callable[[Sequence[AccountChange]], list[Tape]]
    floor: Callable[[Sequence[Tape], int], tuple[Work, Callable[[], None]]]
    server_seconds: Callable[[], float]


def sqlite_bench(stack: ExitStack, folder: Path) -> Bench:
    """A file on disk, committed with fsync."""
    url = stack.enter_context(sqlite_database(folder, sqlite_template(folder)))
    path = url.removeprefix("sqlite:///")
    database = Database(url)
    stack.callback(database.dispose)

    def tapes(asked: Sequence[AccountChange]) -> list[Tape]:
        with sqlite3.connect(path, factory=TapedSqlite, isolation_level=None) as driver:
            driver.tape = []
            driver.execute("BEGIN IMMEDIATE")
            found = record_tapes(driver, "sqlite", asked)
        driver.close()
        return found

    return Bench("SQLite", database, tapes, lambda tapes, clients: sqlite_floor(path, tapes, clients), lambda: 0.0)


def sqlite_floor(path: str, tapes: Sequence[Tape], clients: int) -> tuple[Work, Callable[[], None]]:
    """Each client has a connection; they queue at SQLite's own lock."""
    connections = [_sqlite_connection(path) for _ in range(clients)]

    def work(number: int) -> None:
        connection = connections[number % clients]
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in tapes[number]:
            for row in rows:
                connection.execute(statement, row)
        connection.execute("COMMIT")

    def close() -> None:
        for connection in connections:
            connection.close()

    return work, close


def _sqlite_connection(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=60)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def postgres_bench(stack: ExitStack, folder: Path) -> Bench:
    """A server on this machine, reached by its socket, with its settings for safety as they come."""
    server = stack.enter_context(postgres_server(folder, durable=True))
    url = stack.enter_context(server.database())
    plain = url.replace("postgresql+psycopg", "postgresql")
    database = Database(url)
    stack.callback(database.dispose)

    def tapes(asked: Sequence[AccountChange]) -> list[Tape]:
        with psycopg.connect(plain, cursor_factory=TapedCursor) as driver:
            return record_tapes(driver, "postgresql", asked)

    with psycopg.connect(plain) as connection:
        (backend,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        postmaster = _parent(backend)
    return Bench(
        "PostgreSQL",
        database,
        tapes,
        lambda tapes, clients: postgres_floor(plain, tapes, clients),
        lambda: _cpu_of_children(postmaster),
    )


def postgres_floor(url: str, tapes: Sequence[Tape], clients: int) -> tuple[Work, Callable[[], None]]:
    """Each client has a connection; statements are prepared by the driver after a few uses."""
    connections = [psycopg.connect(url) for _ in range(clients)]

    def work(number: int) -> None:
        connection = connections[number % clients]
        with connection.cursor() as cursor:
            for statement, rows in tapes[number]:
                if len(rows) == 1:
                    cursor.execute(statement, rows[0])
                else:
                    cursor.executemany(statement, rows)
        connection.commit()

    def close() -> None:
        for connection in connections:
            connection.close()

    return work, close


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _cpu_of_children(postmaster: int) -> float:
    """User and system seconds of every process that the server runs now."""
    stats = [_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    ticks = sum(int(stat[11]) + int(stat[12]) for stat in stats if stat and int(stat[1]) == postmaster)
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields of a process after its name, none for a process that has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU microseconds of the client and of the server for one commit, and commits a second."""

    client: float
    server: float
    rate: float


def measure(bench: Bench, work: Work, clients: int) -> Cost:
    """Commit everything from so many threads, each taking every nth piece of work."""

    def run(client: int) -> None:
        for number in range(client, COMMITS, clients):
            work(number)

    with ThreadPoolExecutor(clients) as pool:
        server, client, wall = bench.server_seconds(), process_time(), perf_counter()
        list(pool.map(run, range(clients)))
        wall, client, server = perf_counter() - wall, process_time() - client, bench.server_seconds() - server
    return Cost(client / COMMITS * 1e6, server / COMMITS * 1e6, COMMITS / wall)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        *(median(values) for values in zip(*((cost.client, cost.server, cost.rate) for cost in costs), strict=True))
    )


def contest(bench: Bench, clients: int, first_round: int) -> None:
    """Let both contenders commit the same kind of work in turn, and print the medians."""
    floors, saves = [], []
    for number in range(ROUNDS):
        asked = changes(bench.database, first_round + 2 * number)
        work, close = bench.floor(bench.tapes(asked), clients)
        floors.append(measure(bench, work, clients))
        close()
        asked = changes(bench.database, first_round + 2 * number + 1)
        saves.append(measure(bench, store_work(bench.database, asked), clients))
    report(bench, clients, middle(floors), middle(saves))


def report(bench: Bench, clients: int, floor: Cost, save_: Cost) -> None:
    """Print one line: the figure, its floor, and how many times the floor it is."""
    print(
        f"{bench.name:<11} {clients:>2} clients   client {save_.client:>4.0f} us, floor {floor.client:>4.0f}, "
        f"ratio {save_.client / floor.client:.2f}   server {save_.server:>4.0f} us, floor {floor.server:>4.0f}   "
        f"{save_.rate:>6,.0f} commits/s, floor {floor.rate:>6,.0f}"
    )


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder for databases, removed at the end."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def main() -> None:
    """Print a line for each database and number of clients."""
    with ExitStack() as stack:
        folder = stack.enter_context(a_folder())
        for make in (sqlite_bench, postgres_bench):
            bench = make(stack, folder)
            for place, clients in enumerate((1, 16)):
                contest(bench, clients, 1000 * place)


if __name__ == "__main__":
    main()
