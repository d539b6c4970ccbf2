"""The file of rejected rows: why each was rejected, then the row as it was."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from lifecycle_fsm.services.importing.outcomes import RejectedRow

WHY = ("line", "column", "message")


class RejectedFile:
    """
    Write rejected rows as CSV; the file is made when the first one comes.

    It has the columns of the imported file, so once its rows are corrected it can be
    imported with the same mapping.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: Sequence[str] = ()
        self._stack = ExitStack()
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, row: RejectedRow) -> None:
        """Write one row."""
        if not self._rows:
            self._writer = csv.writer(self._stack.enter_context(self.path.open("w", encoding="utf-8", newline="")))
            names = (name if name not in self.header else f"rejected_{name}" for name in WHY)
            self._writer.writerow([*names, *self.header])
        self._rows += 1
        where = "; ".join(problem.where for problem in row.problems if problem.where)
        message = "; ".join(problem.message for problem in row.problems)
        self._writer.writerow([row.line, where, message, *row.cells])
