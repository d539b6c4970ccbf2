"""Processes that write to a store until they are killed, and tell what they were told is written."""

import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from random import Random
from uuid import UUID

from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from tests.worlds import ADMIN, FEED

Tell = Callable[[str], None]
Work = Callable[[str, int, list[UUID], Tell], None]


def hammer(url: str, seed: int, accounts: list[UUID], tell: Tell) -> None:
    """Send batches, small ones evaluated at once and large ones left to this process's own evaluations and sweeps."""
    random, world = Random(seed), World(Database(url), lambda: datetime.now(UTC))
    for number in count():
        news = FactRow(random.choice(accounts), random.choice(("active", "churned")), fact="account.status")
        rows = (news, *(_measured(account, random) for account in random.sample(accounts, 5)))
        key = f"{seed}-{number}"
        record_facts(replace(world, small_batch=random.choice((0, 200))), FEED, RecordFacts(rows, "crm", key))
        tell(key)
        if number % 3 == 0:
            evaluate_waiting(world, ADMIN)
        elif number % 7 == 0:
            sweep(world, ADMIN)


def _measured(account: UUID, random: Random) -> FactRow:
    return FactRow(account, random.choice((0, 55, 100)), measure="setup_completion")


@dataclass(slots=True)
class Victim:
    """A child process, and the end of the pipe on which it tells."""

    pid: int
    told: int

    def lines(self) -> Iterator[str]:
        """What it tells, until it ends."""
        with os.fdopen(self.told) as pipe:
            yield from (line.rstrip("\n") for line in pipe)

    def kill(self) -> None:
        """Give it no time to do anything any more."""
        os.kill(self.pid, signal.SIGKILL)


@contextmanager
def a_victim(
    work: Work, url: str, seed: int, accounts: list[UUID], *, largest_file: int | None = None
) -> Iterator[Victim]:
    """
    Fork a child that works on its own connections; it is gone when the context ends.

    The caller must have no open connection that the child would share. With
    `largest_file` no file that it writes may grow beyond so many bytes.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _live(work, url, seed, accounts, writing, largest_file)
    os.close(writing)
    try:
        yield Victim(pid, reading)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _live(work: Work, url: str, seed: int, accounts: list[UUID], writing: int, largest_file: int | None) -> None:
    """The whole life of the child, which never returns into the test."""
    try:
        if largest_file is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
        work(url, seed, accounts, partial(_tell, writing))
    except LifecycleError as error:
        _tell(writing, f"failed: {error.code}: {error.message}")
    finally:
        os._exit(0)


def _tell(writing: int, line: str) -> None:
    os.write(writing, f"{line}\n".encode())
