"""
What it costs to follow chains to their heads, beside its floor: reading the same columns as rows of values.

Figures are rows for each second of CPU time: of the process that follows, and of it and the server's together.
The quick look has a process of its own; its floor is to read what it reads, and a process that starts is told apart.

Run: python -m benchmarks.chains [ROWS]
"""

import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import cast
from uuid import uuid4

import psycopg

from benchmarks.ledger import ROWS_EACH, refusal
from lifecycle_fsm.services.audit.quick_look import QuickLook, address_of
from lifecycle_fsm.services.memory import settle_memory
from lifecycle_fsm.store.audit_chain import ChainFollower
from lifecycle_fsm.store.audit_rows import LogRow, Span, read_heads, split
from lifecycle_fsm.store.chained import read_chained
from lifecycle_fsm.store.columns.look import look as look_at
from lifecycle_fsm.store.columns.reading import Reader
from lifecycle_fsm.store.columns.reading import opened as opened_in_columns
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.history import link_values
from lifecycle_fsm.store.ledger import GENESIS, Link, link
from lifecycle_fsm.store.raw import Row, dialect_of, execute_each, rows_of
from lifecycle_fsm.store.tables.history import transition_log
from tests.databases import postgres_server, sqlite_database, sqlite_template
from tests.store.builders import opened

_SPANS = split(64)


def main() -> None:
    """Fill a database of each kind with so many rows, a million unless told, and print a line for each figure."""
    settle_memory()
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for lend in (_sqlite, _postgresql):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            database = stack.enter_context(opened(lend(Path(folder), stack)))
            fill(database, rows // ROWS_EACH)
            print(f"{database.url.get_backend_name()}, {rows:,} rows", flush=True)
            show("floor: rows of values", rows, database, read_all)
            show("chains and heads", rows, database, follow_all)
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                look = QuickLook(address_of(database), pool)
                assert look.at(_SPANS[0]) is not None
                print(f"{'a process that looks':<24} starts in {pool.submit(process_time).result():.2f} s", flush=True)
                show_apart("floor: columns", rows, database, pool, read_columns)
                show_apart("quick look", rows, database, pool, look_at_all)


def _sqlite(folder: Path, stack: ExitStack) -> str:
    return stack.enter_context(sqlite_database(folder, sqlite_template(folder)))


def _postgresql(folder: Path, stack: ExitStack) -> str:
    return stack.enter_context(stack.enter_context(postgres_server(folder)).database())


def show_apart(
    title: str, rows: int, database: Database, pool: Executor, work: Callable[[str], tuple[float, float]]
) -> None:
    """Print the cheapest of three runs in a process of its own."""
    runs = (pool.submit(work, address_of(database)).result() for _ in range(3))
    tell(title, rows, *min(runs, key=sum))


def read_columns(address: str) -> tuple[float, float]:
    """The seconds that it takes this process, and the server's, to read rows and heads in columns."""

    def read(span: Span) -> None:
        with opened_in_columns(address) as reader:
            for _ in (*reader.rows(span), *reader.heads(span)):
                pass

    return spent_on(address, read)


def look_at_all(address: str) -> tuple[float, float]:
    """The seconds that it takes this process, and the server's, to look at every span and to see that it holds."""

    def hold(span: Span) -> None:
        assert look_at(address, span) is not None

    return spent_on(address, hold)


def spent_on(address: str, work: Callable[[Span], None]) -> tuple[float, float]:
    """The seconds of CPU time for all spans: of this process, and of the server's one that it asks."""
    with opened_in_columns(address) as reader:
        server = 0 if reader.is_sqlite else process_of(reader)
    begun, begun_there = process_time(), seconds_of(server) if server else 0.0
    for span in _SPANS:
        work(span)
    return process_time() - begun, (seconds_of(server) if server else 0.0) - begun_there


def process_of(reader: Reader) -> int:
    """The number of the process that serves a connection."""
    reader.cursor.execute("SELECT pg_backend_pid()")
    ((number,),) = reader.cursor.fetchall()
    return int(number)


def tell(title: str, rows: int, own: float, server: float) -> None:
    """Print how many rows a second that is."""
    print(f"{title:<24} {rows / own:>9,.0f} rows/s   with the server {rows / (own + server):>9,.0f}", flush=True)


def show(title: str, rows: int, database: Database, work: Callable[[Connection], None]) -> None:
    """Print the cheapest of three runs."""
    tell(title, rows, *min((spent(database, work) for _ in range(3)), key=sum))


def spent(database: Database, work: Callable[[Connection], None]) -> tuple[float, float]:
    """The seconds of CPU time that it takes this process, and the server's."""
    with database.reading() as connection:
        begun, begun_there = process_time(), seconds_of_server(connection)
        work(connection)
        return process_time() - begun, seconds_of_server(connection) - begun_there


def seconds_of_server(connection: Connection) -> float:
    """The CPU time of the process that serves the connection so far; none where there is no server."""
    driver = connection.connection.driver_connection
    return seconds_of(driver.info.backend_pid) if isinstance(driver, psycopg.Connection) else 0.0


def seconds_of(process: int) -> float:
    """The CPU time of another process so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_all(connection: Connection) -> None:
    """Read every column that verification reads, in its order, and do nothing."""
    mark, after = dialect_of(connection).mark, cast("Row", (dialect_of(connection).bind_id(_SPANS[0].low), -1))
    statement = (
        f"SELECT {', '.join(LogRow._fields)} FROM transition_log WHERE (account_id, seq) > ({mark}, {mark}) "
        "ORDER BY account_id, seq LIMIT 5000"
    )
    while rows := rows_of(connection, statement, after):
        last = LogRow._make(cast("list[LogRow]", rows)[-1])
        after = (last.account_id, last.seq)


def follow_all(connection: Connection) -> None:
    """Follow every chain to the head of its account, and demand that it holds."""
    for span in _SPANS:
        chain = ChainFollower(read_heads(connection, span))
        for page in read_chained(connection, span):
            assert list(chain.follow(page)) == []
        assert list(chain.end()) == []


def fill(database: Database, accounts: int) -> None:
    """Give accounts a history of refusals, and the head of it."""
    for _ in range(0, accounts, 1_000):
        chains = [a_chain() for _ in range(min(1_000, accounts))]
        with database.writing() as connection:
            dialect = dialect_of(connection)
            into_log = dialect.insert("transition_log", tuple(column.name for column in transition_log.columns))
            execute_each(connection, into_log, [link_values(row, dialect) for chain in chains for row in chain])
            heads = [(dialect.bind_id(chain[-1].account_id), *_FIXED, chain[-1].hash) for chain in chains]
            execute_each(connection, dialect.insert("account_state", _HEAD), heads)


def a_chain() -> list[Link]:
    """The rows of one account."""
    account, rows, previous = uuid4(), list[Link](), GENESIS
    for seq in range(1, ROWS_EACH + 1):
        rows.append(link(account, seq, previous, refusal("0" * 64), bytes(32)))
        previous = rows[-1].hash
    return rows


_FIXED: Row = ("enterprise", "0" * 64, "kicked_off", 0, ROWS_EACH, 0, "on_track", "{}", "{}")
_HEAD = (
    "account_id",
    "segment",
    "machine",
    "stage",
    "entered_at",
    "state_version",
    "facts_version",
    "noted_pace",
    "more",
    "bookkeeping",
    "head_hash",
)

if __name__ == "__main__":
    main()
