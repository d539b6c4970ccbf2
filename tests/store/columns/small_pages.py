"""What a process does that looks, for tests that look in its place."""

import gc
import os
import signal
import sqlite3

from lifecycle_fsm.store.audit_rows import Span
from lifecycle_fsm.store.columns import look, reading


def look_in_pages_of(size: int, address: str, span: Span) -> tuple[int, int] | None:
    """Look at a span in pages of so many rows."""
    before, reading.PAGE = reading.PAGE, size
    try:
        return look.look(address, span)
    finally:
        reading.PAGE = before


def connections_of_the_standard_driver() -> int:
    """How many connections this process has besides."""
    return sum(isinstance(each, sqlite3.Connection) for each in gc.get_objects())


def die() -> None:
    """End this process as an error of the disk would."""
    os.kill(os.getpid(), signal.SIGBUS)
