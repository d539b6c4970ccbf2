"""Calls of the database run in a bounded number of threads."""

import asyncio
from threading import Barrier, Lock

from api.threads import Threads


def test_no_more_calls_run_at_a_time_than_there_are_threads() -> None:
    both, lock, running, most = Barrier(2), Lock(), 0, 0

    def call() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        both.wait(20)
        with lock:
            running -= 1

    async def scene() -> None:
        threads = Threads(2)
        await asyncio.gather(*(threads.run(call) for _ in range(10)))
        threads.close()

    asyncio.run(scene())

    assert most == 2
