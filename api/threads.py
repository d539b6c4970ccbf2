"""A bounded number of threads for database calls, so that none is made on the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from lifecycle_fsm.services.errands import Errand
from lifecycle_fsm.telemetry import traces

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class Threads:
    """Run calls in at most so many threads at a time; the others wait their turn."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, call: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        """
        Call it in a thread and wait for what it returns or raises.

        Whoever is cancelled stops waiting at once. The database then stops the statement of a
        call that has begun, which leaves nothing behind; one that still waits is never made.
        """
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._most, thread_name_prefix="service")
        errand, loop = Errand(), asyncio.get_running_loop()
        with _traced(call):
            work = partial(copy_context().run, partial(_run, errand, partial(call, *args, **kwargs)))
            try:
                return await loop.run_in_executor(self._pool, work)
            except asyncio.CancelledError:
                # Elsewhere, for it asks the server, and every thread of the pool may be waiting for it.
                loop.run_in_executor(None, errand.give_up)
                raise

    def close(self) -> None:
        """Let the calls end that have begun; the next call opens the threads anew."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def _run(errand: Errand, call: Callable[[], Answer]) -> Answer:
    with errand.running():
        return call()


def _traced(call: Callable[..., object]) -> traces.Inside | traces.Nothing:
    """A span around a service, with the time that it waits for a thread."""
    if traces.here() is None:
        return traces.NOTHING
    name = getattr(call, "__qualname__", type(call).__qualname__)
    return traces.within(name, {"code.function.name": f"{getattr(call, '__module__', '')}.{name}"})
