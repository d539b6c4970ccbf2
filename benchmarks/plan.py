"""
A plan over a large portfolio: its time beside one scan of the same table, in the same run.

The portfolio is made set-wise, steady under the rules in use: a fifth of it is in onboarding,
half in adoption. The draft lets accounts leave onboarding sooner (1 in 400 of all moves and
is decided again by the engine), asks more of a way out that people use (1 in 40 is blocked),
and changes an alert. The floor reads every row once and sums two columns. CPU of client
and server together; of both the cheapest of five rounds counts.
Run: python -m benchmarks.plan [--postgresql 1000000] [--sqlite 200000]
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import process_time

from sqlalchemy import text

from benchmarks.many import cpu_of, stat_of
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.plan import Plan, plan
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.layout import load_layout
from tests.builders import MONDAY
from tests.databases import postgres_server, sqlite_database, sqlite_template
from tests.fakes import Clock
from tests.worlds import ADMIN, definitions

ROUNDS = 5
TARGET = 12.0

EDITS = (
    ("{measure: setup_completion, at_least: 80}", "{measure: setup_completion, at_least: 79}"),
    ("{measure: usage.wau_ratio, at_least: 0.6}", "{measure: usage.wau_ratio, at_least: 0.62}"),
    ("{measure: usage.logins_30d, below: 5}", "{measure: usage.logins_30d, below: 6}"),
)

INSERT = """
INSERT INTO account_state (account_id, segment, machine, stage, entered_at, state_version, facts_version, head_hash,
    noted_pace, health_score, health_band, more, bookkeeping, {setup}, {logins}, {ratio}, {renewal}, {status})
SELECT {id}, 'growth', :machine,
    CASE WHEN n % 10 < 2 THEN 'onboarding' WHEN n % 10 < 7 THEN 'adoption' WHEN n % 10 = 7 THEN 'at_risk'
         WHEN n % 10 = 8 THEN 'renewal' ELSE 'churned' END,
    :now - (n % 50) * 86400000 - n * 7919 % 86400000, 1, 1, {hash}, 'on_track',
    CASE WHEN n % 10 = 7 THEN 45 ELSE 80 END, CASE WHEN n % 10 = 7 THEN 'at_risk' ELSE 'healthy' END, '{{}}', '{{}}',
    CASE WHEN n % 10 < 2 THEN (n * 7919 % 8000) / 100.0 ELSE 100 END,
    CASE WHEN n % 10 = 7 THEN 8 ELSE 45 + n % 30 END,
    CASE WHEN n % 10 = 7 THEN 0.18 ELSE 0.5 + (n * 104729 % 4000) / 10000.0 END,
    :today + CASE WHEN n % 10 = 8 THEN 30 ELSE 200 + n % 100 END,
    CASE WHEN n % 10 = 9 THEN 'churned' ELSE 'active' END
FROM {series}
"""

DIALECTS: Mapping[str, Mapping[str, str]] = {
    "postgresql": {
        "id": "CAST(md5(CAST(n AS text)) AS uuid)",
        "hash": "decode(repeat('00', 32), 'hex')",
        "series": "generate_series(CAST(1 AS bigint), :accounts) AS numbers (n)",
    },
    "sqlite": {
        "id": "randomblob(16)",
        "hash": "zeroblob(32)",
        "series": "(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :accounts) "
        "SELECT n FROM numbers)",
    },
}


@contextmanager
def a_world(url: str, accounts: int) -> Iterator[World]:
    """A world with so many accounts, and the rules that they follow published."""
    world = World(Database(url), Clock(MONDAY))
    published = publish(world, ADMIN, definitions("plans/base"))
    assert isinstance(published, Published)
    fill(world, published.digests["growth"], accounts)
    try:
        yield world
    finally:
        world.database.dispose()


def fill(world: World, machine: str, accounts: int) -> None:
    kind = "sqlite" if world.database.is_sqlite else "postgresql"
    with world.database.writing() as connection:
        slots = load_layout(connection).slots
        columns = {
            "setup": slots["measure.setup_completion"],
            "logins": slots["measure.usage.logins_30d"],
            "ratio": slots["measure.usage.wau_ratio"],
            "renewal": slots["fact.account.renewal_on"],
            "status": slots["fact.account.status"],
        }
        now = int(MONDAY.timestamp() * 1000)
        bound = {"machine": machine, "now": now, "today": now // 86_400_000, "accounts": accounts}
        connection.execute(text(INSERT.format(**columns, **DIALECTS[kind])), bound)
    with world.database.writing() as connection:
        connection.execute(text("ANALYZE account_state"))


def draft() -> dict[str, bytes]:
    files = definitions("plans/base")
    growth = files["segments/growth.yaml"].decode()
    for old, new in EDITS:
        assert old in growth
        growth = growth.replace(old, new)
    return {**files, "segments/growth.yaml": growth.encode()}


def scan(world: World) -> None:
    """Read every row once."""
    with world.database.reading() as connection:
        connection.execute(text("SELECT count(*), sum(health_score), sum(entered_at) FROM account_state")).one()


def seconds(server_seconds: Callable[[], float], work: Callable[[], object]) -> float:
    """CPU of client and server."""
    server, client = server_seconds(), process_time()
    work()
    return process_time() - client + server_seconds() - server


def measure(name: str, world: World, accounts: int, server_seconds: Callable[[], float]) -> None:
    files, options = draft(), Options(Existing.EVALUATE)
    made = plan(world, ADMIN, files, options)
    assert isinstance(made, Plan)
    growth = next(each for each in made.content.segments if each.segment == "growth")
    moving = sum(stage.moving.number for stage in growth.stages)
    blocked = sum(stage.blocked.number for stage in growth.stages)
    floors, plans = [], []
    for _ in range(ROUNDS):
        floors.append(seconds(server_seconds, lambda: scan(world)))
        plans.append(seconds(server_seconds, lambda: plan(world, ADMIN, files, options)))
    floor, took = min(floors), min(plans)
    verdict = "within" if took <= TARGET * floor else "above"
    print(
        f"{name:<11} {accounts:>9,} accounts  scan {floor:6.3f} s  plan {took:6.3f} s  "
        f"{took / floor:5.1f}x ({verdict} {TARGET:g}x)  {moving:,} move, {blocked:,} blocked"
    )


def server_of(world: World) -> Callable[[], float]:
    """The clock of the CPU that the PostgreSQL server of a world has used."""
    with world.database.reading() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    postmaster = int(stat_of(backend)[1])
    return lambda: cpu_of(postmaster)


def main() -> None:
    parser = argparse.ArgumentParser(description="A plan beside one scan of the same table.")
    parser.add_argument("--postgresql", type=int, default=1_000_000, metavar="ACCOUNTS")
    parser.add_argument("--sqlite", type=int, default=200_000, metavar="ACCOUNTS")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.sqlite:
            template = sqlite_template(Path(folder))
            with sqlite_database(Path(folder), template) as url, a_world(url, asked.sqlite) as world:
                measure("SQLite", world, asked.sqlite, lambda: 0.0)
        if asked.postgresql:
            with (
                postgres_server(Path(folder), durable=True) as server,
                server.database() as url,
                a_world(url, asked.postgresql) as world,
            ):
                measure("PostgreSQL", world, asked.postgresql, server_of(world))


if __name__ == "__main__":
    main()
