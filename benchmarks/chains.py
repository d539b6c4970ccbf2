"""
What it costs to follow chains on PostgreSQL, beside its floor: reading the same columns as rows of values.

Figures are rows for each second of CPU time: of this process, and of it and the server's together.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import cast
from uuid import uuid4

import psycopg

from benchmarks.ledger import ROWS_EACH, refusal
from lifecycle_fsm.store.audit_chain import ChainFollower
from lifecycle_fsm.store.audit_rows import read_log, split
from lifecycle_fsm.store.chained import read_chained
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.history import link_values
from lifecycle_fsm.store.ledger import GENESIS, Link, link
from lifecycle_fsm.store.raw import POSTGRESQL, execute_each
from lifecycle_fsm.store.tables.history import transition_log
from tests.databases import postgres_server
from tests.store.builders import opened

_SPANS = split(64)


def main() -> None:
    """Fill a database with so many rows, 200,000 unless told, and print one line for each figure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with (
        tempfile.TemporaryDirectory() as name,
        postgres_server(Path(name)) as server,
        server.database() as url,
        opened(url) as database,
    ):
        fill(database, rows // ROWS_EACH)
        show("floor: rows of values", rows, database, read_all)
        show("chains", rows, database, follow_all)


def show(title: str, rows: int, database: Database, work: Callable[[Connection], None]) -> None:
    """Print the cheapest of three runs."""
    own, server = min((spent(database, work) for _ in range(3)), key=sum)
    print(f"{title:<24} {rows / own:>9,.0f} rows/s   with the server {rows / (own + server):>9,.0f}", flush=True)


def spent(database: Database, work: Callable[[Connection], None]) -> tuple[float, float]:
    """The seconds of CPU time that it takes this process, and the server's."""
    with database.reading() as connection:
        server = cast("psycopg.Connection", connection.connection.driver_connection).info.backend_pid
        begun, begun_there = process_time(), seconds_of(server)
        work(connection)
        return process_time() - begun, seconds_of(server) - begun_there


def seconds_of(process: int) -> float:
    """The CPU time of another process so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_all(connection: Connection) -> None:
    """Read every column that verification reads, in its order, and do nothing."""
    for span in _SPANS:
        for _ in read_log(connection, span):
            pass


def follow_all(connection: Connection) -> None:
    """Follow every chain, and demand that it holds."""
    for span in _SPANS:
        chain = ChainFollower(iter(()))
        for page in read_chained(connection, span):
            assert not any(flaw.check == "chain" for flaw in chain.follow(page))


def fill(database: Database, accounts: int) -> None:
    """Give accounts a history of refusals."""
    statement = POSTGRESQL.insert("transition_log", tuple(column.name for column in transition_log.columns))
    for _ in range(0, accounts, 1_000):
        rows = [row for _ in range(min(1_000, accounts)) for row in a_chain()]
        with database.writing() as connection:
            execute_each(connection, statement, [link_values(row, POSTGRESQL) for row in rows])


def a_chain() -> list[Link]:
    """The rows of one account."""
    account, rows, previous = uuid4(), list[Link](), GENESIS
    for seq in range(1, ROWS_EACH + 1):
        rows.append(link(account, seq, previous, refusal("0" * 64), bytes(32)))
        previous = rows[-1].hash
    return rows


if __name__ == "__main__":
    main()
