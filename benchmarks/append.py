"""
CPU that the ledger adds to a transition: salt, commitment and chain in its transaction, the Merkle log behind it.

Accounts are moved one by one by `fire_transition`; then what the ledger did for the rows that this wrote is done
again, alone. The floor hashes as many bytes. On SQLite all CPU is that of one process; on PostgreSQL the server's
is left out on both sides, the transition and the log.
Run: python -m benchmarks.append [ACCOUNTS]
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import process_time
from uuid import UUID

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.services.audit.checkpoints import grow_log
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.fire import Fired, FireTransition, fire_transition
from lifecycle_fsm.store.history import load_chain, load_inputs
from lifecycle_fsm.store.ledger import Link, canonical_entry, canonical_inputs, commit_to, link
from tests.databases import postgres_server, sqlite_database, sqlite_template
from tests.worlds import ADMIN, CSM, Stage, a_stage

Row = tuple[Link, str]
"""A row of history and its canonical inputs."""


def main() -> None:
    """Print microseconds of CPU a transition on each database, and the ledger's share."""
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    for title, lend in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with tempfile.TemporaryDirectory() as folder, lend(Path(folder)) as url, a_stage(url) as stage:
            _report(title, stage, accounts)


def _report(title: str, stage: Stage, accounts: int) -> None:
    ids = [_kicked_off(stage, f"A{number}") for number in range(accounts)]
    grow_log(stage.world)
    revisions = [stage.see(account).lifecycle.revision for account in ids]
    fired = _cpu(lambda: _fire_all(stage, ids))
    rows = [row for account, revision in zip(ids, revisions, strict=True) for row in _written(stage, account, revision)]
    texts = _texts(rows)
    floor, chain = _cpu(lambda: [sha256(text).digest() for text in texts]), _cpu(lambda: _chain(rows))
    log = _cpu(lambda: grow_log(stage.world))
    each = [1e6 * seconds / accounts for seconds in (fired, floor, chain, log)]
    share = 100 * (chain + log) / (fired - chain)
    print(
        f"{title:<10} {len(rows) / accounts:.0f} rows a transition: transition {each[0]:,.0f} us, of it salts, "
        f"commitments and chain {each[2]:,.1f} us (hashing as many bytes: {each[1]:,.1f}), log {each[3]:,.1f} us: "
        f"the ledger adds {share:.1f} % to the rest (30 at most)",
        flush=True,
    )


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


def _written(stage: Stage, account: UUID, revision: int) -> Iterator[Row]:
    with stage.world.database.reading() as connection:
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
