"""The first line of a file: the names of its columns."""

from collections.abc import Iterator

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.importing.csv_rows import BrokenRow, Row


def read_header(rows: Iterator[Row | BrokenRow], file: str) -> tuple[str, ...]:
    """
    Take the names of the columns off the rows.

    Raises:
        InvalidInput: the file is empty, its first line is broken, or a name stands in it twice.
    """
    first = next(rows, None)
    match first:
        case None:
            raise InvalidInput("the file is empty; expected a first line with the names of the columns", path=file)
        case BrokenRow(line=line, message=message):
            raise InvalidInput(f"the names of the columns cannot be read: {message}", path=f"{file}:{line}")
        case Row(line=line, cells=cells):
            header = tuple(cell.strip() for cell in cells)
            _check_once(header, f"{file}:{line}")
            return header


def _check_once(header: tuple[str, ...], path: str) -> None:
    for place, name in enumerate(header):
        first = header.index(name)
        if name and first != place:
            message = f"the column {name!r} stands twice, as columns {first + 1} and {place + 1}; rename one of them"
            raise InvalidInput(message, path=path)
