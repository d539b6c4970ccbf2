"""CSV as a stream of rows with the lines where they begin; a broken row never spoils the next one."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO, TextIO

LONGEST_ROW = 100_000
"""In characters, line breaks inside of quotes included."""

_SHOWN = 1_000
_READ_AGAIN = 100 * LONGEST_ROW


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and the line of the file in which it begins, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be taken apart, why, and the beginning of its text."""

    line: int
    message: str
    text: str


class _TooLong(Exception):
    """The row has more characters than are read."""


class _Lines:
    """
    Give the lines of a text to the CSV reader, and those after a broken line again.

    A quote that is never closed swallows all that follows, so the row that it breaks is
    given up at its first line. `budget` bounds how many characters are read again.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._length = 0
        self._budget = _READ_AGAIN
        self._behind = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self._taken.append(line)
        self._length += len(line)
        if self._length > LONGEST_ROW:
            raise _TooLong
        return line

    def begin(self) -> int:
        """Begin the next row, and say in which line."""
        self._behind += len(self._taken)
        self._taken, self._length = [], 0
        return self._behind + 1

    def give_up(self) -> str:
        """Leave the first line of the row behind, give those after it again, and show how the row begins."""
        after = self._taken[1:]
        size = sum(map(len, after))
        if size <= self._budget:
            self._budget -= size
            self._again.extendleft(reversed(after))
            del self._taken[1:]
        return self._taken[0][:_SHOWN].rstrip("\r\n") if self._taken else ""

    def _read(self) -> str:
        line = self._text.readline(LONGEST_ROW + 1)
        rest = line
        while len(rest) > LONGEST_ROW and not rest.endswith("\n"):
            rest = self._text.readline(LONGEST_ROW + 1)
        return line


def read_rows(stream: BinaryIO, delimiter: str) -> Iterator[Row | BrokenRow]:
    """
    Read the rows of UTF-8 text, with or without a byte order mark; lines without any text are left out.

    The stream is read as far as rows are asked for, and stays open.
    """
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        while (row := _next(reader, lines)) is not None:
            if isinstance(row, BrokenRow) or row.cells:
                yield row
    finally:
        # A reader that is thrown away late, as after Ctrl-C, finds its stream closed already.
        if not stream.closed:
            text.detach()


def _next(reader: Iterator[list[str]], lines: _Lines) -> Row | BrokenRow | None:
    line = lines.begin()
    try:
        cells = next(reader, None)
    except csv.Error as error:
        return BrokenRow(line, _reason(str(error)), lines.give_up())
    except _TooLong:
        message = f"the row is longer than {LONGEST_ROW:,} characters; is a quote left open in it?"
        return BrokenRow(line, message, lines.give_up())
    return None if cells is None else Row(line, tuple(cells))


def _reason(error: str) -> str:
    if error == "unexpected end of data":
        return "a quote opens in this row and is closed nowhere in the file"
    return f"this is not CSV: {error}"
