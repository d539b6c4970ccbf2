"""
History as CSV (RFC 4180, UTF-8, one header line).

Nothing is an empty field. A backslash stands before a text that is empty, that begins with
one, or that a spreadsheet would take for a formula.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from lifecycle_fsm.services.audit.forms.record import COLUMNS, Record, Value, typed

_ESCAPED = ("=", "+", "-", "@", "\t", "\r", "\\")
_LARGEST_FIELD = 2**31 - 1


def write_csv(records: Iterable[Record], path: Path) -> None:
    """Write records, one a line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([_cell(record[name]) for name in COLUMNS] for record in records)


def read_csv(path: Path) -> Iterator[Record]:
    """
    Read records as they were written.

    Raises:
        ValueError: the file is none of ours.
    """
    csv.field_size_limit(_LARGEST_FIELD)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        if tuple(next(reader, ())) != COLUMNS:
            raise ValueError(f"expected the columns {', '.join(COLUMNS)}")
        try:
            for cells in reader:
                yield typed(dict(zip(COLUMNS, map(_text, cells), strict=True)))
        except csv.Error as error:
            raise ValueError(str(error)) from error


def _cell(value: Value) -> Value:
    if isinstance(value, str) and (not value or value.startswith(_ESCAPED)):
        return f"\\{value}"
    return value


def _text(cell: str) -> str | None:
    return cell.removeprefix("\\") if cell else None
