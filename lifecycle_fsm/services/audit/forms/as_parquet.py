"""History as Parquet: instants as UTC timestamps in milliseconds, hashes in hexadecimal, a group of rows at a time."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.audit.forms.record import COLUMNS, INSTANTS, NUMBERS, Record

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

_GROUP = 20_000


def write_parquet(records: Iterable[Record], path: Path) -> None:
    """
    Write records.

    Raises:
        InvalidInput: pyarrow is not installed.
    """
    _needed()
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    schema, left = _schema(), iter(records)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(left, _GROUP)):
            columns = [pa.array([record[name] for record in group], schema.field(name).type) for name in COLUMNS]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def read_parquet(path: Path) -> Iterator[Record]:
    """
    Read records as they were written.

    Raises:
        InvalidInput: pyarrow is not installed.
        ValueError: the file is none of ours.
    """
    _needed()
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    with parquet.ParquetFile(path) as file:
        if tuple(file.schema_arrow.names) != COLUMNS:
            raise ValueError(f"expected the columns {', '.join(COLUMNS)}")
        for batch in file.iter_batches(_GROUP):
            columns = [
                batch.column(name).cast(pa.int64() if name in NUMBERS else pa.string()).to_pylist() for name in COLUMNS
            ]
            for values in zip(*columns, strict=True):
                yield dict(zip(COLUMNS, values, strict=True))


def _schema() -> "pa.Schema":
    import pyarrow as pa  # noqa: PLC0415

    instant, number, text = pa.timestamp("ms", tz="UTC"), pa.int64(), pa.string()
    return pa.schema([(name, instant if name in INSTANTS else number if name in NUMBERS else text) for name in COLUMNS])


def _needed() -> None:
    try:
        import_module("pyarrow")
    except ImportError as error:
        raise InvalidInput("Parquet needs pyarrow; install lifecycle-fsm[parquet]", path="FILE") from error
