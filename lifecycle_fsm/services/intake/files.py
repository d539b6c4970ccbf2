"""Files of rows: NDJSON, CSV with our own column names, and Parquet, read piece by piece."""

import csv
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

import orjson

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.intake.rows import WHY, broken

LONGEST_LINE = 100_000
_PIECE = 1_000
_NESTED = ("measures.", "facts.", "attributes.")


class Form(StrEnum):
    """How a file of rows is written."""

    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"


_FORMS = {
    ".ndjson": Form.NDJSON,
    ".jsonl": Form.NDJSON,
    ".csv": Form.CSV,
    ".parquet": Form.PARQUET,
}


def form_of(path: Path) -> Form:
    """
    Tell the form by the end of the name.

    Raises:
        InvalidInput: it is none that can be read.
    """
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise InvalidInput(f"{path.name!r} is none of: {', '.join(_FORMS)}", path="FILE")
    return form


def read_file(stream: BinaryIO, form: Form) -> Iterator[object]:
    """
    Give row after row as JSON has it; one that cannot be read is given as `BrokenRow`.

    Columns such as `measures.usage` become members of the object `measures`. An empty cell
    of a CSV file is null.

    Raises:
        InvalidInput: the file is not what its name says, or Parquet is not installed.
    """
    match form:
        case Form.NDJSON:
            return _lines(stream)
        case Form.CSV:
            return _cells(stream)
        case Form.PARQUET:
            return _columns(stream)


def _lines(stream: BinaryIO) -> Iterator[object]:
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            beginning = line
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE + 1)
            yield broken(f"the line has more than {LONGEST_LINE} bytes; expected one row", beginning)
        elif line.strip():
            yield _parsed(line)


def _parsed(line: bytes) -> object:
    try:
        row: object = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return broken(f"the line is no JSON ({error}); expected one object", line)
    return row


def _cells(stream: BinaryIO) -> Iterator[object]:
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        reader = csv.reader(text)
        header = next(reader, [])
        for cells in reader:
            if cells and len(cells) != len(header):
                message = f"the row has {len(cells)} columns; expected {len(header)}, as the first line has"
                yield broken(message, ",".join(cells).encode())
            elif cells:
                yield _nested({name: cell.strip() or None for name, cell in zip(header, cells, strict=True)})
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"the file is no CSV in UTF-8 ({type(error).__name__})", path="FILE") from error
    finally:
        text.detach()


def _columns(stream: BinaryIO) -> Iterator[object]:
    try:
        # An extra, and slow to import.
        import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise InvalidInput("Parquet needs pyarrow; install lifecycle-fsm[parquet]", path="FILE") from error
    try:
        for batch in parquet.ParquetFile(stream).iter_batches(batch_size=_PIECE):
            for row in batch.to_pylist():
                yield _nested({name: _plain(value) for name, value in row.items()})
    except (pa.ArrowException, OSError) as error:
        raise InvalidInput(f"the file is no Parquet that can be read ({type(error).__name__})", path="FILE") from error


def _nested(row: Mapping[str, object]) -> dict[str, object]:
    """Columns with a point become members; those of attributes and values that are not there are left out."""
    nested: dict[str, object] = {}
    for name, value in row.items():
        group = next((each for each in _NESTED if name.startswith(each)), None)
        if group is None:
            if value is not None or name in ("value", WHY):
                nested[name] = value
        else:
            members = nested.setdefault(group[:-1], {})
            assert isinstance(members, dict)
            members[name.removeprefix(group)] = value
    return nested


def _plain(value: object) -> object:
    """A value of Parquet as JSON has it; instants without a zone are UTC."""
    match value:
        case datetime():
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case float() if math.isnan(value):
            return None
        case dict():
            return {key: _plain(each) for key, each in value.items() if each is not None}
    return value
