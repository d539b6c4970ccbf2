"""The cells of one row, taken by column; whatever is wrong with them is collected."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lifecycle_fsm.definition.import_map import Blank, Column
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.intake import LONGEST_TEXT, Outside, Refusal, take_instant, take_text
from lifecycle_fsm.services.importing.outcomes import Problem

Take = Callable[[Outside], Value | Refusal]
"""Makes the stored value of an outside one, or says why not."""

_SHOWN = 40
_LISTED = 20
_INSTANT = "an instant with a time zone such as 2026-03-31T09:00:00Z, or a date, from 1900 to now"


@dataclass(slots=True)
class Cells:
    """
    Take values out of the cells of one row; `places` are those of the columns, from 0.

    A value that is refused is None, and its problem is among `problems`.
    """

    places: Mapping[str, int]
    cells: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: Column, message: str) -> None:
        """Note a problem of one cell, once though the cell may stand for several values."""
        problem = Problem(message, column.name, self.places[column.name] + 1)
        if problem not in self.problems:
            self.problems.append(problem)

    def text(self, column: Column | None) -> str | None:
        """A printable text, None for a blank cell."""
        text = None if column is None else self._text_in(column)
        if column is None or not text or take_text(text) == text:
            return text or None
        self.refuse(column, f"the text is {_seen(text)}; expected 1 to {LONGEST_TEXT} printable characters")
        return None

    def key(self, column: Column) -> str:
        """A text that has to be there."""
        before = len(self.problems)
        text = self.text(column)
        if text is None and len(self.problems) == before:
            self.refuse(column, "the key is empty; expected what the system of record calls the account")
        return text or ""

    def texts(self, columns: Mapping[str, Column]) -> dict[str, str]:
        """The texts of those columns whose cells are not blank."""
        texts = {name: self.text(column) for name, column in columns.items()}
        return {name: text for name, text in texts.items() if text is not None}

    def instant(self, column: Column | None, as_of: datetime) -> datetime | None:
        """An instant that is not in the future, None for a blank cell."""
        text = None if column is None else self._text_in(column)
        if column is None or not text:
            return None
        instant = take_instant(text)
        if instant is None or instant > as_of:
            self.refuse(column, f"the instant is {_seen(text)}; expected {_INSTANT}")
            return None
        return instant

    def values(self, columns: Mapping[str, Column], takes: Mapping[str, Take], blank: Blank) -> dict[str, Outside]:
        """The values that are let in, as the file has them, None for unknown."""
        values: dict[str, Outside] = {}
        for key, column in columns.items():
            text = self._text_in(column)
            taken = takes[key](text)
            if isinstance(taken, Refusal):
                self.refuse(column, taken.message)
            elif text or blank is Blank.UNKNOWN:
                values[key] = text or None
        return values

    def _text_in(self, column: Column) -> str | None:
        """What the cell stands for, empty for a blank one."""
        text = self.cells[self.places[column.name]].strip()
        if "\0" in text:
            self.refuse(column, "the cell has a NUL character; delete it")
            return None
        if column.values is None or text in column.values:
            return text if column.values is None else column.values[text]
        if text:
            self.refuse(column, f"the text is {_seen(text)}; the mapping has: {_listed(list(column.values))}")
        return "" if not text else None


def _seen(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    return ", ".join(repr(word) for word in words[:_LISTED]) + more
