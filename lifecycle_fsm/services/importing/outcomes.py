"""What comes of an import: problems of rows, counts, and the end of the run."""

from collections.abc import Mapping
from dataclasses import dataclass

from lifecycle_fsm.definition.diagnostics import Diagnostic
from lifecycle_fsm.services.evaluate import RunSummary
from lifecycle_fsm.services.register import AccountNote


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was refused; `column` and its `place` from 1 are None where the whole row is meant."""

    message: str
    column: str | None = None
    place: int | None = None

    @property
    def where(self) -> str:
        """The column for people: `TotalCharges (20)`; empty for the whole row."""
        return "" if self.column is None else f"{self.column} ({self.place})"


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row of which nothing was written; `cells` are as the file has them, `key` is empty where it has none."""

    line: int
    problems: tuple[Problem, ...]
    cells: tuple[str, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Count rows by what became of them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """All rows."""
        return self.created + self.updated + self.unchanged + self.rejected

    def with_batch(self, notes: Mapping[AccountNote, int], rejected: int) -> "ImportCounts":
        """The counts after one more batch."""
        return ImportCounts(
            self.created + notes.get(AccountNote.CREATED, 0),
            self.updated + notes.get(AccountNote.UPDATED, 0),
            self.unchanged + notes.get(AccountNote.UNCHANGED, 0),
            self.rejected + rejected,
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """
    The counts of a whole file, and what the evaluation of small batches came to.

    Accounts of large batches are marked and wait for `evaluate_waiting`.
    """

    counts: ImportCounts
    summary: RunSummary


@dataclass(frozen=True, slots=True)
class MapRefused:
    """The mapping has mistakes, or names columns that the file does not have; nothing was read or written."""

    diagnostics: tuple[Diagnostic, ...]
