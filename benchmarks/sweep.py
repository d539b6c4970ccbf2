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

import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from benchmarks.many import ADMIN, ROUNDS, Bench, Cost, middle, postgres_bench, sqlite_bench, tidy, timed
from benchmarks.sweep_peer import NOW, Trigger, bound, peer, unbound
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.memory import settle_memory
from lifecycle_fsm.services.sweeping.sweep import SLICE, sweep
from lifecycle_fsm.store.candidates import Scope, candidates, count_held, prepare_scan
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.tables.accounts import account_state

SHARES = (0.001, 0.01, 0.04)
PEER_SAMPLE = 20_000


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
