"""
A store of many accounts, made set-wise in the database, and what its server and this process use of the CPU.

One machine of eight stages has twenty automatic transitions and an alert over ten measures; none of the
accounts has anything to do.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import orjson
from sqlalchemy import create_engine, text

from benchmarks.sweep_peer import MEASURES, NOW
from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.assign import current_machines
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.layout import load_layout
from tests.databases import postgres_server, sqlite_database, sqlite_template

STAGES = tuple(f"s{number}" for number in range(7))
ROUNDS = 3
"""How often each work is done, the middle one of which counts."""
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
