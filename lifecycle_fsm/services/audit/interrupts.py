"""Ctrl-C, which is for the command alone."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """
    Start processes that Ctrl-C does not reach, which a terminal sends to every process of a command.

    They inherit what is blocked here; one that comes meanwhile is heard at the end.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
