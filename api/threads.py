"""A bounded number of threads for database calls, so that none is made on the event loop."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class Threads:
    """Run calls in at most so many threads at a time; the others wait their turn."""

    def __init__(self, most: int) -> None:
        self._limiter = CapacityLimiter(most)

    async def run(self, call: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        """Call it in a thread and wait for what it returns or raises."""
        return await to_thread.run_sync(partial(call, *args, **kwargs), limiter=self._limiter)
