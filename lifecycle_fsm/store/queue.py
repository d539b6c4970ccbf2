"""A lock that is given in the order in which it was asked for."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from lifecycle_fsm.domain.errors import StoreFailed


class WriterQueue:
    """
    Let one thread write at a time, first come, first served.

    SQLite's own busy handler polls and starves: of 16 writers one may wait for
    seconds. Here the wait is the sum of the transactions ahead.
    """

    def __init__(self, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._busy = False

    @property
    def waiting(self) -> int:
        """How many threads wait for their turn."""
        return len(self._waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """
        Wait for the turn and hold it.

        Raises:
            StoreFailed: the turn did not come in time; nothing was written, try again.
        """
        self._wait()
        try:
            yield
        finally:
            self._pass_on()

    def _wait(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if not turn.acquire(timeout=self._patience_seconds):
            self._give_up(turn)

    def _give_up(self, turn: Lock) -> None:
        with self._guard:
            if turn not in self._waiting:
                return  # The turn came between the end of the wait and this line.
            self._waiting.remove(turn)
        raise StoreFailed(
            f"the database was busy with other writers for {self._patience_seconds:g} s; try again", retryable=True
        )

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False
