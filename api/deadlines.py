"""
The time that operations may take, looked after by one timer for all of them.

A timer for each, as `asyncio.timeout` has, would be a tenth of what a small request costs, and nearly none ever rings.
"""

import asyncio
from collections import OrderedDict
from types import TracebackType


class Deadlines:
    """Give blocks of code so many seconds each; those of an event loop end in the order in which they began."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open: OrderedDict[Deadline, None] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def within(self) -> "Deadline":
        """A block that raises `TimeoutError` where it takes longer, as one of `asyncio.timeout` does."""
        return Deadline(self)

    def begin(self, deadline: "Deadline") -> float:
        """Look after a block that begins, and say when it has to have ended, by the clock of its loop."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # Whatever another loop left open will not end any more.
            self._loop, self._open, self._timer = loop, OrderedDict(), None
        self._open[deadline] = None
        at = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(at, self._ring)
        return at

    def end(self, deadline: "Deadline") -> None:
        """Forget a block that has ended."""
        self._open.pop(deadline, None)

    def _ring(self) -> None:
        """End the blocks whose time is over, and wait for the next one."""
        assert self._loop is not None
        self._timer = None
        while self._open:
            first = next(iter(self._open))
            if first.at > self._loop.time():
                self._timer = self._loop.call_at(first.at, self._ring)
                return
            del self._open[first]
            first.ring()


class Deadline:
    """One block of code and the task that runs it."""

    __slots__ = ("_cancelling", "_deadlines", "_is_over", "_task", "at")

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._is_over = False
        self.at = 0.0

    def __enter__(self) -> "Deadline":
        """Begin."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline is kept inside a task only")
        self._task, self._cancelling = task, task.cancelling()
        self.at = self._deadlines.begin(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """End; what was cancelled by nobody but the deadline is a `TimeoutError`."""
        self._deadlines.end(self)
        if self._is_over and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def ring(self) -> None:
        """The time is over."""
        self._is_over = True
        self._task.cancel()
