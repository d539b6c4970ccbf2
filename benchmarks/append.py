"""
CPU that the ledger adds to a transition: salt, commitment and chain in its transaction, the Merkle log behind it.

Accounts are moved one by one by `fire_transition`; then what the ledger did for the rows that this wrote is done
again, alone. The floor hashes as many bytes. On SQLite all CPU is that of one process; on PostgreSQL the server's
is left out on both sides, the transition and the log.

The same is done for hits of a sweep, which are written together: what the ledger did for the rows of one sweep is
done again in the way of the sweep, whose rows share all of their text but the account and the commitment. There the
server's CPU counts on both sides.
Run: python -m benchmarks.append [ACCOUNTS] [ACCOUNTS SWEPT, 4 % of them hits]
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import process_time
from uuid import UUID

from benchmarks.many import ADMIN as SWEEPER
from benchmarks.many import ROUNDS, Bench, middle, postgres_bench, sqlite_bench, timed
from benchmarks.sweep import SHARES, push
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.services.audit.checkpoints import grow_log
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.fire import Fired, FireTransition, fire_transition
from lifecycle_fsm.services.memory import settle_memory
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.history import load_chain, load_inputs
from lifecycle_fsm.store.ledger import (
    Entry,
    Link,
    canonical_entry,
    canonical_inputs,
    canonical_parts,
    chain_hash,
    commit_to,
    joined,
    link,
)
from lifecycle_fsm.store.tables.history import transition_log
from tests.databases import postgres_server, sqlite_database, sqlite_template
from tests.worlds import ADMIN, CSM, Stage, a_stage

Row = tuple[Link, str]
"""A row of history and its canonical inputs."""


def main() -> None:
    """Print microseconds of CPU a transition and a sweep's hit on each database, and the ledger's share."""
    settle_memory()
    accounts, swept = (int(given) for given in (*sys.argv[1:], *("1000", "100000")[len(sys.argv) - 1 :]))
    for title, lend in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with tempfile.TemporaryDirectory() as folder, lend(Path(folder)) as url, a_stage(url) as stage:
            _report(title, stage, accounts)
    for bench_of in (sqlite_bench, postgres_bench):
        with tempfile.TemporaryDirectory() as folder, bench_of(Path(folder), swept) as bench:
            _report_hits(bench)


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of CPU of a transition, of hashing as many bytes, of chaining its rows, and of the log."""

    transition: float
    floor: float
    chain: float
    log: float

    def say(self, title: str, number: int, rows: int) -> None:
        """Print them for each of so many."""
        whole, floor, chain, log = (1e6 * each / number for each in (self.transition, self.floor, self.chain, self.log))
        print(
            f"{title:<24} {rows / number:.0f} rows each: {whole:,.0f} us, of it salts, commitments and chain "
            f"{chain:,.1f} us (hashing as many bytes: {floor:,.1f}), log {log:,.1f} us: "
            f"the ledger adds {100 * (chain + log) / (whole - chain):.1f} % to the rest (30 at most)",
            flush=True,
        )


def _report_hits(bench: Bench) -> None:
    """What each hit costs beyond a sweep without any, and what of that the ledger does."""
    grow_log(bench.world)
    quiet = middle([timed(bench, lambda: sweep(bench.world, SWEEPER)) for _ in range(ROUNDS)])
    hits = push(bench, SHARES[-1])
    swept = timed(bench, lambda: sweep(bench.world, SWEEPER))
    rows = _of_all(bench)
    assert len(rows) == hits
    texts, lots = _texts(rows), _lots(rows)
    costs = Costs(
        transition=swept.cpu - quiet.cpu,
        floor=_cpu(lambda: [sha256(text).digest() for text in texts]),
        chain=_cpu(lambda: _chain_together(lots)),
        log=timed(bench, lambda: grow_log(bench.world)).cpu,
    )
    costs.say(f"{bench.name}, a sweep's hit", hits, len(rows))


def _of_all(bench: Bench) -> list[Row]:
    """Every row that there is, with its inputs."""
    with bench.world.database.reading() as connection:
        ids = list(connection.execute(transition_log.select().with_only_columns(transition_log.c.account_id)).scalars())
    return [row for account in ids for row in _rows(bench.world.database, account, 0)]


def _lots(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that a sweep writes from one stencil."""
    lots: dict[tuple[int, Entry], list[Row]] = {}
    for row, inputs in rows:
        lots.setdefault((row.seq, row.entry), []).append((row, inputs))
    return list(lots.values())


def _chain_together(lots: Sequence[Sequence[Row]]) -> None:
    """Do what `store.stencil` does of the ledger: salts at once, and texts with two holes."""
    for lot in lots:
        first, _ = lot[0]
        parts, salts = canonical_parts(first.seq, first.entry), os.urandom(16 * len(lot))
        for place, (row, inputs) in enumerate(lot):
            commitment = sha256(salts[16 * place : 16 * place + 16] + inputs.encode()).digest()
            chain_hash(row.prev_hash, joined(parts, row.account_id, commitment))


def _report(title: str, stage: Stage, accounts: int) -> None:
    ids = [_kicked_off(stage, f"A{number}") for number in range(accounts)]
    grow_log(stage.world)
    revisions = [stage.see(account).lifecycle.revision for account in ids]
    fired = _cpu(lambda: _fire_all(stage, ids))
    behind = zip(ids, revisions, strict=True)
    rows = [row for account, revision in behind for row in _rows(stage.world.database, account, revision)]
    texts = _texts(rows)
    floor, chain = _cpu(lambda: [sha256(text).digest() for text in texts]), _cpu(lambda: _chain(rows))
    log = _cpu(lambda: grow_log(stage.world))
    Costs(fired, floor, chain, log).say(f"{title}, fireTransition", accounts, len(rows))


def _kicked_off(stage: Stage, key: str) -> UUID:
    account = stage.sign(key, arr=250_000)
    kickoff = stage.open_ctas(account)["kickoff_call"]
    assert kickoff.id is not None
    close_cta(stage.world, CSM, CloseCta(account, kickoff.id, CtaOutcome.SUCCESS, stage.key()))
    return account


def _fire_all(stage: Stage, accounts: Sequence[UUID]) -> None:
    for account in accounts:
        wanted = FireTransition(account, "start_onboarding", stage.key(), None, "set-up began on site", override=True)
        assert isinstance(fire_transition(stage.world, ADMIN, wanted), Fired)


def _rows(database: Database, account: UUID, revision: int) -> Iterator[Row]:
    """The rows of an account behind a number, with their inputs."""
    with database.reading() as connection:
        links = [row for row in load_chain(connection, account) if row.seq > revision]
        inputs: dict[int, dict[str, Value]] = load_inputs(connection, account, [row.seq for row in links])
    for row in links:
        yield row, canonical_inputs(inputs.get(row.seq, {}))


def _texts(rows: Sequence[Row]) -> list[bytes]:
    """As many bytes as are hashed for each row: of what it was judged on, and of itself behind the hash before."""
    entries = [canonical_entry(row.account_id, row.seq, row.entry, row.inputs_hash) for row, _ in rows]
    return [bytes(16 + len(inputs)) for _, inputs in rows] + [bytes(33 + len(entry)) for entry in entries]


def _chain(rows: Sequence[Row]) -> None:
    for row, inputs in rows:
        commitment = None if row.inputs_hash is None else commit_to(os.urandom(16), inputs, row.entry.reason)
        link(row.account_id, row.seq, row.prev_hash, row.entry, commitment)


def _cpu(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    with sqlite_database(folder, sqlite_template(folder)) as url:
        yield url


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    with postgres_server(folder) as server, server.database() as url:
        yield url


if __name__ == "__main__":
    main()
