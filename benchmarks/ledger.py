"""
What it costs to verify a million rows of history, beside the floor: reading them, and hashing as many bytes.

Figures are rows for each second of CPU time of one process.
"""

import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import process_time
from uuid import UUID, uuid4

from sqlalchemy import Table

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.services.audit.checkpoints import grow_log
from lifecycle_fsm.services.audit.verify import Extent, verify
from lifecycle_fsm.store.audit_rows import LogRow
from lifecycle_fsm.store.history import Evidence, evidence_values, link_values
from lifecycle_fsm.store.ledger import GENESIS, Entry, Link, canonical_inputs, commit_to, link
from lifecycle_fsm.store.raw import SQLITE, Row
from lifecycle_fsm.store.tables.history import transition_inputs, transition_log
from tests.builders import MONDAY
from tests.databases import sqlite_database, sqlite_template
from tests.worlds import ADMIN, Stage, a_stage

ROWS_EACH = 10


def main() -> None:
    """Fill a SQLite file with so many rows, a million unless told, and print one line for each figure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with sqlite_database(folder, sqlite_template(folder)) as url, a_stage(url) as stage:
            fill(stage, url.removeprefix("sqlite:///"), rows // ROWS_EACH)
            report(stage, rows)


def report(stage: Stage, rows: int) -> None:
    """Measure everything once, the floor before each figure that it belongs to."""
    path = str(stage.world.database.url.database)
    show("floor: read the columns", rows, lambda: read_all(path))
    show("floor: hash as many bytes", rows, lambda: hash_all(rows))
    show("chains and heads", rows, lambda: check(stage, Extent(decisions=False)))
    show("with evidence and decisions", rows, lambda: check(stage, Extent()))
    show("append to the Merkle log", rows, lambda: grow_log(stage.world))
    show("all, with the log", rows, lambda: check(stage, Extent()))


def show(title: str, rows: int, work: Callable[[], object]) -> None:
    """Print how many rows a second of CPU time does."""
    begun = process_time()
    work()
    seconds = process_time() - begun
    print(f"{title:<28} {rows / seconds:>9,.0f} rows/s   {seconds / rows * 1e6:>6.2f} us a row", flush=True)


def check(stage: Stage, extent: Extent) -> None:
    """Verify, and demand that all holds."""
    assert verify(stage.world, ADMIN, extent).flaws == []


def read_all(path: str) -> None:
    """Read every column that verification reads, in its order, and do nothing."""
    with sqlite3.connect(path) as connection:
        columns = ", ".join(LogRow._fields)
        cursor = connection.execute(f"SELECT {columns} FROM transition_log ORDER BY account_id, seq")
        while cursor.fetchmany(5_000):
            pass


def hash_all(rows: int) -> None:
    """Hash a canonical row as often as there are rows."""
    canonical = bytes(33 + 500)  # as long as a short row
    for _ in range(rows):
        sha256(canonical).digest()


def fill(stage: Stage, path: str, accounts: int) -> None:
    """Give accounts a history whose decisions can be made again: refusals of one trigger."""
    with stage.world.database.reading() as connection:
        digest = connection.exec_driver_sql("SELECT digest FROM machine_version WHERE segment = 'enterprise'").scalar()
    with sqlite3.connect(path) as connection:
        for _ in range(accounts):
            put(connection, uuid4(), str(digest))


def put(connection: sqlite3.Connection, account: UUID, digest: str) -> None:
    """Append one account's rows and its head as the store would."""
    inputs: dict[str, Value] = {"measure.setup_completion": 0.0, "health.score": 61.5, "milestone.kickoff_done": 1}
    text, rows, evidence = canonical_inputs(inputs), list[Link](), list[Evidence]()
    for seq in range(1, ROWS_EACH + 1):
        evidence.append(Evidence(account, seq, os.urandom(16), text))
        previous = rows[-1].hash if rows else GENESIS
        rows.append(link(account, seq, previous, refusal(digest), commit_to(evidence[-1].salt, text)))
    insert(connection, transition_log, [link_values(row, SQLITE) for row in rows])
    insert(connection, transition_inputs, [evidence_values(row, SQLITE) for row in evidence])
    head = (account.bytes, "enterprise", digest, "kicked_off", 0, ROWS_EACH, 0, rows[-1].hash, "on_track", "{}", "{}")
    connection.execute(f"INSERT INTO account_state ({_HEAD}) VALUES ({', '.join('?' * len(head))})", head)


def refusal(digest: str) -> Entry:
    """A person's attempt that the guard does not allow."""
    return Entry(
        kind=RecordKind.REFUSED,
        from_stage="kicked_off",
        to_stage="kicked_off",
        cause=Cause.PERSON,
        effective_at=MONDAY,
        recorded_at=MONDAY,
        machine=digest,
        evaluator="1",
        transition="set_up_started",
        trigger="start_onboarding",
        actor="ada",
        run_id=uuid4(),
    )


def insert(connection: sqlite3.Connection, table: Table, rows: list[Row]) -> None:
    """Insert whole rows, in the order of the columns that the store describes."""
    statement = SQLITE.insert(table.name, tuple(column.name for column in table.columns))
    connection.executemany(statement, rows)


_HEAD = (
    "account_id, segment, machine, stage, entered_at, state_version, facts_version, head_hash, noted_pace, more, "
    "bookkeeping"
)

if __name__ == "__main__":
    main()
