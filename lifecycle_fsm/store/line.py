"""A line in front of a SQLite file, in which the writers of all processes stand."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

SUFFIX = "-line"


class Line:
    """
    Let one process after the other wait for the write lock.

    SQLite's busy handler looks every tenth of a second, so that a process which writes
    batch after batch takes the lock again before another one looks. Whoever waits here
    holds the place at the head of the line until it has the lock, and the other comes
    after it. Where the file beside the database cannot be made there is no line.
    """

    def __init__(self, database: str | None) -> None:
        self._database = database
        self._file: BinaryIO | None = None

    @contextmanager
    def head(self) -> Iterator[None]:
        """Stand at the head of the line; leave it as soon as the write lock is taken."""
        self._file = self._file or _opened(self._database)
        if self._file is None:
            yield
            return
        import fcntl  # noqa: PLC0415 - not everywhere

        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Leave; whoever writes again stands in it again."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _opened(database: str | None) -> BinaryIO | None:
    if not database or sys.platform == "win32":
        return None
    try:
        return Path(f"{database}{SUFFIX}").open("ab")
    except OSError:
        return None
