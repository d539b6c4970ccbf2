"""
A sweep over a million accounts: the scan, the decision, and all that follows from the hits.

The accounts are made set-wise in the database, under one machine of eight stages with
twenty automatic transitions and an alert over ten measures; none of them has anything to
do. Then a share of them gets a measure over its threshold, unmarked, and a sweep finds
and moves these: each move is a history row with its inputs, a CTA, a health score and two
messages. The floor is the scan of the same table with one comparison that reads the last
column used, which is how many alerts are on; SQLite decodes a row up to there. A scan that
ends at the last measure is printed beside it. The floor of a hit on PostgreSQL is what the
server alone takes to store the very rows of the last sweep again, by COPY and one UPDATE.
The peer is the usual way, on a sample: read an ORM row, fire one stock `transitions`
trigger, flush. CPU of client and server is counted apart.

Run: python -m benchmarks.sweep [accounts on PostgreSQL] [accounts on SQLite]
     python -m benchmarks.sweep --ten-million   the passes alone, over 10,000,000 accounts on PostgreSQL
"""

import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import orjson
import psycopg
from psycopg import sql
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from benchmarks.sweep_peer import MEASURES, NOW, Trigger, bound, peer, unbound
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.assign import current_machines
from lifecycle_fsm.services.memory import settle_memory
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.sweeping.sweep import SLICE, sweep
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.candidates import Scope, candidates, count_held, prepare_scan
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.tables.accounts import account_state
from tests.databases import postgres_server, sqlite_database, sqlite_template

STAGES = tuple(f"s{number}" for number in range(7))
SHARES = (0.001, 0.01, 0.04)
ROUNDS = 3
PEER_SAMPLE = 20_000
ADMIN = Actor("bench", frozenset({Role.ADMIN}))

Table = dict[str, object]


def definitions() -> dict[str, bytes]:
    """A catalog and one segment, as files."""
    catalog: Table = {
        "schema": "lifecycle/v1",
        "measures": {key: {"title": key, "unit": "%", "range": ["0", "100"]} for key in MEASURES},
        "reasons": {"next": "Next step", "usage": "Usage"},
        "templates": {
            key: {"title": key, "type": kind, "reason": key, "priority": "low", "due_in": "14d", "owner": "lead"}
            for key, kind in (("next", "lifecycle"), ("usage", "risk"))
        },
    }
    segment: Table = {
        "schema": "lifecycle/v1",
        "segment": "bench",
        "title": "Benchmark",
        "applies_to": {"manual": "true"},
        "initial": "s0",
        "scorecard": {"measures": {key: {"weight": "1", "healthy": "70", "neutral": "30"} for key in MEASURES}},
        "stages": {
            **{stage: {"expected": "300d", "transitions": exits(place)} for place, stage in enumerate(STAGES)},
            "lost": {"final": "true"},
        },
        "alerts": {"low_usage": {"when": {"measure": "m6", "below": "5"}, "open_cta": "usage"}},
    }
    return {"catalog.yaml": orjson.dumps(catalog), "segments/bench.yaml": orjson.dumps(segment)}


def exits(place: int) -> list[Table]:
    """Three ways out of a stage, two out of the last: on, past the next one, and out."""
    after = [*STAGES[place + 1 : place + 3]]
    ways = [("advance", after[0], at_least("m0", 90), at_least("m1", 30))] if after else []
    ways += [("skip", after[1], at_least("m2", 95), at_least("m3", 60))] if len(after) > 1 else []
    ways.append(("lose", "lost", {"measure": "m4", "below": "5"}, {"measure": "m5", "below": "10"}))
    return [
        {
            "key": key,
            "to": target,
            "trigger": "auto",
            "priority": str(priority),
            "when": {"all": [*leaves, {"stage_age": {"at_least": "14d"}}]},
            "do": [{"open_cta": "next"}],
        }
        for priority, (key, target, *leaves) in enumerate(ways)
    ]


def at_least(measure: str, value: int) -> Table:
    return {"measure": measure, "at_least": str(value)}


@dataclass(frozen=True, slots=True)
class Bench:
    """One database with its accounts, and how much CPU its server has used."""

    name: str
    accounts: int
    world: World
    machine: Machine
    server_seconds: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU of the client and of the server, and on the wall."""

    client: float
    server: float
    wall: float

    @property
    def cpu(self) -> float:
        """Both."""
        return self.client + self.server


def timed(bench: Bench, work: Callable[[], object]) -> Cost:
    server, client, wall = bench.server_seconds(), process_time(), perf_counter()
    work()
    wall, client = perf_counter() - wall, process_time() - client
    return Cost(client, bench.server_seconds() - server, wall)


def middle(costs: list[Cost]) -> Cost:
    ordered = sorted(costs, key=lambda cost: cost.cpu)
    return ordered[len(ordered) // 2]


def populate(database: Database, machine: Machine, accounts: int) -> None:
    """Make accounts in the middle of every measure, evaluated, with a deadline in a month."""
    with database.writing() as connection:
        slots = load_layout(connection).slots
        spread = "40 + 20.0 * ((({{n}} % 1000) * 7919 + {place} * 104729) % 1000) / 1000"
        measures = {slots[f"measure.{key}"]: spread.format(place=place) for place, key in enumerate(MEASURES)}
        columns = {
            "account_id": _ID[connection.dialect.name],
            "segment": "'bench'",
            "machine": f"'{machine.digest}'",
            "stage": "'s' || ({n} % 5)",
            "entered_at": str(to_ms(NOW) - 20 * DAY_MS),
            "state_version": "0",
            "facts_version": "0",
            "head_hash": _ZEROS[connection.dialect.name],
            "next_check_at": str(to_ms(NOW) + 30 * DAY_MS),
            "noted_pace": "'on_track'",
            "health_score": "55",
            "health_band": "'neutral'",
            "more": "'{}'",
            "bookkeeping": """'{"visits": {"s0": 1}, "milestones": {}, "held": {}, "alerts": {}}'""",
            **measures,
        }
        chosen = ", ".join(column.replace("{n}", "n") for column in columns.values())
        insert = f"INSERT INTO account_state ({', '.join(columns)}) "
        series = _SERIES[connection.dialect.name].format(accounts=accounts)
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.cursor().execute(_WITH[connection.dialect.name].format(insert=insert, series=series, chosen=chosen))
    tidy(database)


_ID = {"postgresql": "md5({n}::text)::uuid", "sqlite": "randomblob(16)"}
_ZEROS = {"postgresql": "decode(repeat('00', 32), 'hex')", "sqlite": "zeroblob(32)"}
_SERIES = {
    "postgresql": "generate_series(1, {accounts}) AS n",
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {accounts})",
}
_WITH = {
    "postgresql": "{insert} SELECT {chosen} FROM {series}",
    "sqlite": "{insert} {series} SELECT {chosen} FROM series",
}


def tidy(database: Database) -> None:
    """Leave the table as a server would that had time for it."""
    engine = create_engine(database.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE account_state" if not database.is_sqlite else "ANALYZE"))
    engine.dispose()


def push(bench: Bench, share: float) -> int:
    """Bring so many accounts over a threshold that have not moved yet, and mark none of them."""
    wanted = int(bench.accounts * share)
    with bench.world.database.writing() as connection:
        slot = load_layout(connection).slots["measure.m0"]
        still = select(account_state.c.account_id).where(account_state.c.state_version == 0).limit(wanted)
        connection.execute(account_state.update().where(account_state.c.account_id.in_(still)).values({slot: 95.0}))
    tidy(bench.world.database)
    return wanted


def scan(bench: Bench, last: str) -> Callable[[], object]:
    """Read every row up to a column, and find none."""

    def work() -> object:
        with bench.world.database.reading() as connection:
            prepare_scan(connection)
            column = account_state.c[last]
            return connection.execute(select(func.count()).select_from(account_state).where(column > 99)).scalar_one()

    return work


def decision(bench: Bench) -> Callable[[], object]:
    def work() -> object:
        with bench.world.database.reading() as connection:
            prepare_scan(connection)
            return connection.execute(candidates(scope(bench, connection), None, SLICE)).all()

    return work


def held(bench: Bench) -> Callable[[], object]:
    def work() -> object:
        with bench.world.database.reading() as connection:
            return count_held(connection, scope(bench, connection))

    return work


def scope(bench: Bench, connection: Connection) -> Scope:
    return Scope(to_ms(NOW), load_layout(connection), (bench.machine,), (bench.machine,))


def contest(bench: Bench) -> None:
    """Print the passes beside the scan, then a sweep for each share of hits, then the peer."""
    passes(bench)
    quiet = middle([timed(bench, lambda: sweep(bench.world, ADMIN)) for _ in range(ROUNDS)])
    swept = {share: sweep_at(bench, share, quiet) for share in SHARES}
    if not bench.world.database.is_sqlite:
        print(f"  bare rows     {bare_write(bench):>7.0f} us of the server alone for the rows of a hit, by COPY")
    push(bench, SHARES[-1])
    for share in SHARES:
        for name, trigger in (("usual way", bound), ("shortest way", unbound)):
            against_peer(bench, f"{name} {share:.1%}", share, trigger, swept[share])


def passes(bench: Bench) -> None:
    """Print the decision and the count of the held beside the scan of the same table."""
    with bench.world.database.reading() as connection:
        measure = load_layout(connection).slots["measure.m9"]
    works = {
        "scan floor": scan(bench, account_state.c.alerts_on.name),
        "shorter scan": scan(bench, measure),
        "decision pass": decision(bench),
        "held pass": held(bench),
    }
    rounds = [{name: timed(bench, work) for name, work in works.items()} for _ in range(ROUNDS)]
    taken = {name: middle([each[name] for each in rounds]) for name in works}
    print(f"{bench.name}, {bench.accounts:,} accounts, CPU of client and server together")
    for name, cost in taken.items():
        times = cost.cpu / taken["scan floor"].cpu
        print(f"  {name:<13} {cost.cpu:>7.2f} s, {cost.wall:.2f} s on the wall, {times:.2f} times the floor (aim: 2.5)")


def against_peer(bench: Bench, name: str, share: float, trigger: Trigger, swept: Cost) -> None:
    """Print what a way of the peer takes beside a sweep with the same share of hits."""
    taken = middle([timed(bench, peer(bench.world, bench.machine, PEER_SAMPLE, share, trigger)) for _ in range(ROUNDS)])
    whole = taken.cpu * bench.accounts / PEER_SAMPLE
    print(
        f"  {name:<18} {whole:>7.1f} s CPU (extrapolated from {PEER_SAMPLE:,}), "
        f"{whole / swept.cpu:>5.1f} times the sweep (aim: 20)"
    )


def sweep_at(bench: Bench, share: float, quiet: Cost) -> Cost:
    """Sweep with that share of hits, and print what each hit costs beyond a sweep without any."""
    hits = push(bench, share)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = []
    cost = timed(bench, lambda: found.append(sweep(bench.world, ADMIN)))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (found[0].moved, found[0].disagreements, found[0].failed) == (hits, 0, 0)
    client, server = (
        (mine - none) / hits * 1e6 for mine, none in ((cost.client, quiet.client), (cost.server, quiet.server))
    )
    print(
        f"  sweep {share:>6.1%}  {cost.wall:>7.2f} s, {bench.accounts / cost.wall:>10,.0f} accounts/s, "
        f"{client + server:>4.0f} us a hit (client {client:.0f}, server {server:.0f}; aim: 60), "
        f"peak {after / 1024:.0f} MB ({(after - before) / 1024:+.0f})"
    )
    return cost


WRITTEN = (
    "transition_log",
    "transition_inputs",
    "cta",
    "cta_task",
    "milestone_event",
    "stage_visit",
    "fact_history",
    "outbox",
)
"""The tables that a move appends to."""


def bare_write(bench: Bench) -> float:
    """Microseconds of the server's CPU to store the rows of all moves once more, in pages as a sweep does, a move."""
    url = make_url(bench.world.database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        moves = connection.execute("SELECT count(*) FROM transition_log").fetchall()[0][0]
        seconds = sum(copied(bench, connection, table) for table in WRITTEN)
        before = bench.server_seconds()
        connection.execute(
            "UPDATE account_state SET next_check_at = next_check_at + 1, health_score = 1, stage = 's6', "
            "state_version = 2, entered_at = entered_at + 1 WHERE state_version = 1"
        )
        return float((seconds + bench.server_seconds() - before) / moves * 1e6)


def copied(bench: Bench, connection: psycopg.Connection, table: str) -> float:
    """Seconds of the server to copy the rows of a table into an empty one with the same indexes, 1,000 at a time."""
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as out:
        lines = b"".join(bytes(part) for part in out).splitlines(keepends=True)
    other = sql.Identifier(f"bare_{table}")
    like = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(other, sql.Identifier(table))
    connection.execute(like)
    before = bench.server_seconds()
    with connection.transaction():
        for start in range(0, len(lines), 1_000):
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(other)) as rows:
                rows.write(b"".join(lines[start : start + 1_000]))
    return bench.server_seconds() - before


def opened(url: str, name: str, accounts: int, server_seconds: Callable[[], float]) -> Bench:
    """A populated store."""
    world = World(Database(url), lambda: NOW)
    assert isinstance(publish(world, ADMIN, definitions()), Published)
    with world.database.reading() as connection:
        (machine,) = current_machines(world, connection)
    populate(world.database, machine, accounts)
    return Bench(name, accounts, world, machine, server_seconds)


@contextmanager
def postgres_bench(folder: Path, accounts: int) -> Iterator[Bench]:
    with postgres_server(folder, durable=True) as server, server.database() as url:
        database = Database(url)
        with database.reading() as connection:
            backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        postmaster = int(stat_of(backend)[1])
        database.dispose()
        bench = opened(url, "PostgreSQL", accounts, lambda: cpu_of(postmaster))
        yield bench
        bench.world.database.dispose()


@contextmanager
def sqlite_bench(folder: Path, accounts: int) -> Iterator[Bench]:
    with sqlite_database(folder, sqlite_template(folder)) as url:
        bench = opened(url, "SQLite", accounts, lambda: 0.0)
        yield bench
        bench.world.database.dispose()


def cpu_of(postmaster: int) -> float:
    """User and system seconds of the server's processes, those that have ended included."""
    stats = [stat_of(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    ticks = sum(int(stat[11]) + int(stat[12]) for stat in stats if stat and int(stat[1]) == postmaster)
    ended = stat_of(postmaster)
    return (ticks + int(ended[13]) + int(ended[14])) / os.sysconf("SC_CLK_TCK")


def stat_of(pid: int) -> list[str]:
    """The fields of a process after its name, none for a process that has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def main() -> None:
    """Print the figures of both databases, or the passes over ten million accounts."""
    settle_memory()
    with tempfile.TemporaryDirectory() as name:
        if sys.argv[1:] == ["--ten-million"]:
            with postgres_bench(Path(name), 10_000_000) as bench:
                return passes(bench)
        accounts = [int(each) for each in sys.argv[1:]] or [1_000_000, 200_000]
        for make, number in zip((postgres_bench, sqlite_bench), accounts, strict=False):
            with make(Path(name), number) as bench:
                contest(bench)
    return None


if __name__ == "__main__":
    main()
