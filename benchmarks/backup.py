"""
A store copied and put back: CPU of this process and its children, beside copying the same bytes and hashing them.

Accounts are registered through the service, so that each has history, evidence, facts, CTAs and messages.
Run: python -m benchmarks.backup
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from lifecycle_fsm.services.backup import back_up
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.restore import After, Restore, restore
from tests.databases import postgres_server, sqlite_database, sqlite_template
from tests.tools import postgresql_tools
from tests.worlds import ADMIN, FEED, Stage, a_stage

ACCOUNTS = int(os.environ.get("BENCHMARK_ACCOUNTS", "10000"))
BATCH = 500


def fill(stage: Stage) -> None:
    """Register the accounts, and evaluate them."""
    for start in range(0, ACCOUNTS, BATCH):
        rows = [
            AccountRow(
                f"A{number}", f"Account {number}", "ada", facts={"account.arr": 150_000, "account.status": "active"}
            )
            for number in range(start, start + BATCH)
        ]
        register_accounts(stage.world, FEED, rows, "benchmark")
    evaluate_waiting(stage.world, ADMIN)


def silent(_: int, __: int) -> None:
    """Tell nobody."""


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of CPU and of waiting."""
    began, before = perf_counter(), os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4]), perf_counter() - began


def floor(folder: Path) -> None:
    """Copy the files of a backup, and hash them."""
    for file in folder.iterdir():
        copy = folder.with_name("floor")
        shutil.copyfile(file, copy)
        sha256(copy.read_bytes()).hexdigest()


def measure(name: str, url: str, other: str, folder: Path) -> None:
    """Fill a store, back it up, restore it into another, and print what that took."""
    with a_stage(url) as stage:
        fill(stage)
        target, tools = folder / "backup", postgresql_tools()
        copied = spent(lambda: back_up(stage.world, ADMIN, target, "1", tools, silent))
        least = spent(lambda: floor(target))
        order = Restore(target, After(), tools=tools)
        restored = spent(lambda: restore(other, stage.clock, ADMIN, order, silent))
    size = sum(file.stat().st_size for file in target.iterdir()) / 1e6
    print(f"{name}: {ACCOUNTS:,} accounts, {size:.1f} MB")
    for what, (cpu, waited) in (("backup", copied), ("restore, verified", restored), ("floor", least)):
        print(f"  {what:<18} {cpu:6.2f} s CPU, {waited:6.2f} s")


def main() -> None:
    """Measure both databases."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "one").mkdir()
        (folder / "two").mkdir()
        template = sqlite_template(folder)
        with sqlite_database(folder / "one", template) as url, sqlite_database(folder / "two", template) as other:
            measure("SQLite", url, other, folder / "one")
        with postgres_server(folder) as server, server.database() as url, server.database() as other:
            measure("PostgreSQL", url, other, folder / "two")


if __name__ == "__main__":
    main()
