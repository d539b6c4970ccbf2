"""
CPU of reading and evaluating an account that has closed 0, 1,000 and 10,000 CTAs, beside reading all of them.

Its rules count closed CTAs, open one again so long after the last, and complete a plan. The floor
reads the account with its open CTAs alone and decides nothing. The contenders take turns.
Run: python -m benchmarks.closed_ctas
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from uuid import UUID

from lifecycle_fsm.services.apart import Reader
from lifecycle_fsm.services.publish import publish
from lifecycle_fsm.services.reachable import read_reachable
from lifecycle_fsm.services.reading import read_accounts
from lifecycle_fsm.services.record import evaluation_after
from lifecycle_fsm.store.accounts import load_accounts
from lifecycle_fsm.store.ctas import load_open_ctas
from lifecycle_fsm.store.layout import load_layout
from tests.databases import sqlite_database, sqlite_template
from tests.services.closed_ctas import an_account, close_many, files
from tests.worlds import ADMIN, Stage, a_stage

CLOSED = (0, 1_000, 10_000)
ROUNDS = 9
LIMIT = 1_000_000


def main() -> None:
    """Print milliseconds of CPU for each number of closed CTAs."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with sqlite_database(root, sqlite_template(root)) as url, a_stage(url, None) as stage:
            publish(stage.world, ADMIN, files(LIMIT))
            accounts = {count: an_account(stage, f"A{count}") for count in CLOSED}
            with stage.world.database.writing() as connection:
                for count, account in accounts.items():
                    close_many(stage, connection, account, count)
            print("SQLite, ms of CPU an evaluation: open CTAs read alone, what is in reach, all CTAs")
            for count, account in accounts.items():
                found = _compared(_works(stage, account))
                print(f"{count:>7,} closed: {found[0]:8.2f} {found[1]:8.2f} {found[2]:8.2f}")


def _works(stage: Stage, account: UUID) -> tuple[Callable[[], object], ...]:
    as_of = stage.clock()

    def floor() -> None:
        with stage.world.database.reading() as connection:
            load_accounts(connection, [account], load_layout(connection), load_open_ctas)

    def evaluated(read: Reader) -> Callable[[], object]:
        def work() -> None:
            with stage.world.database.reading() as connection:
                reading = read(stage.world, connection, [account], load_layout(connection), as_of)[account]
            evaluation_after(reading, (), as_of)

        return work

    return floor, evaluated(read_reachable), evaluated(read_accounts)


def _compared(works: tuple[Callable[[], object], ...]) -> tuple[float, ...]:
    spent: tuple[list[float], ...] = tuple([] for _ in works)
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            begun = process_time()
            work()
            spent[place].append((process_time() - begun) * 1_000)
    return tuple(median(each) for each in spent)


if __name__ == "__main__":
    main()
