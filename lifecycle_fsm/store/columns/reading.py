"""
Rows and heads read in columns, with the drivers of ADBC alone.

SQLite drops the locks that a process has on a file as soon as another copy of SQLite in that process
closes it, and ADBC's driver brings its own copy. So only a process that opens the database nowhere else
may read here: https://sqlite.org/howtocorrupt.html, "Multiple copies of SQLite linked into the same application".
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from secrets import token_hex
from typing import TYPE_CHECKING, cast
from urllib.parse import quote
from uuid import UUID

import adbc_driver_postgresql.dbapi  # type: ignore[import-untyped] # it has no stubs
import adbc_driver_sqlite.dbapi
import orjson
import pyarrow as pa  # type: ignore[import-untyped] # it has no stubs

from lifecycle_fsm.store.audit_rows import Span, Text
from lifecycle_fsm.store.canonical_rows import LINKS, OWN, SHARED
from lifecycle_fsm.store.columns.doubt import demand

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection, Cursor

PAGE = 16_000
"""How many rows are in memory at a time; what a page costs by itself needs so many to be little."""

_MAPPED = 2**31 - 2**16
"""How many bytes SQLite maps into memory at most, as it is built for the driver."""

_BETWEEN = "\x01"
_SOUND_HEAD = "head_hash >= x'' AND stage < x'' AND machine < x''"


@dataclass(frozen=True, slots=True)
class Reader:
    """Read one snapshot, a page at a time; `none` is stands for an absent text among those that rows share."""

    cursor: "Cursor"
    is_sqlite: bool
    none: str

    def rows(self, span: Span) -> Iterator[pa.RecordBatch]:
        """Read the rows of the accounts of a span by account and number: `LINKS`, `OWN` and `shared`."""
        shared = _shared_as_json() if self.is_sqlite else _shared_with_marks(self.none)
        columns = ", ".join((*LINKS, *OWN, f"{shared} AS shared"))
        account, seq = span.low, -1
        while True:
            page = self._page(
                f"SELECT {columns} FROM transition_log "  # noqa: S608 - our own names and numbers
                f"WHERE (account_id, seq) > ({self._id(account)}, {seq}) AND account_id <= {self._id(span.high)} "
                f"ORDER BY account_id, seq LIMIT {PAGE}"
            )
            if page is None:
                return
            yield page
            account, seq = _id_of(page["account_id"][-1]), page["seq"][-1].as_py()

    def heads(self, span: Span) -> Iterator[pa.RecordBatch]:
        """Read where the accounts of a span say that they are, by id; no revision where a value has another type."""
        revision = f"CASE WHEN {_SOUND_HEAD} THEN state_version END" if self.is_sqlite else "state_version"
        beyond, account = ">=", span.low
        while True:
            page = self._page(
                f"SELECT account_id, {revision} AS revision, head_hash, stage, machine FROM account_state "  # noqa: S608
                f"WHERE account_id {beyond} {self._id(account)} AND account_id <= {self._id(span.high)} "
                f"ORDER BY account_id LIMIT {PAGE}"
            )
            if page is None:
                return
            yield page
            beyond, account = ">", _id_of(page["account_id"][-1])

    def values(self, shared: str) -> Sequence[Text]:
        """The values of `SHARED`, from the text that a row shares with others."""
        if self.is_sqlite:
            return tuple(orjson.loads(shared))
        values = shared.split(_BETWEEN)
        demand(len(values) == len(SHARED), "a text that has what stands between texts")
        return [None if value == self.none else value for value in values]

    def _page(self, statement: str) -> pa.RecordBatch | None:
        self.cursor.execute(statement)
        batches = self.cursor.fetch_arrow_table().combine_chunks().to_batches()
        return batches[0] if batches else None

    def _id(self, account: UUID) -> str:
        return f"x'{account.hex}'" if self.is_sqlite else f"'{account}'"


@contextmanager
def opened(address: str) -> Iterator[Reader]:
    """
    Begin a snapshot of the database at an address of libpq's, or of a file of SQLite's as `sqlite:PATH`, only to read.

    The connection to the address is kept, for making one costs more than looking at few rows.

    Raises:
        adbc_driver_manager.Error: it cannot be opened.
    """
    connection, is_sqlite = _connected(address), _is_sqlite(address)
    try:
        with connection.cursor() as cursor:
            if is_sqlite:
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": PAGE})
            else:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield Reader(cursor, is_sqlite, token_hex(8))
        connection.rollback()
    except BaseException:
        _connected.cache_clear()
        connection.close()
        raise


@lru_cache(maxsize=1)
def _connected(address: str) -> "Connection":
    if _is_sqlite(address):
        connection = adbc_driver_sqlite.dbapi.connect(f"file:{quote(address.removeprefix('sqlite:'))}?mode=ro")
        with connection.cursor() as cursor:
            # An error of the disk below a memory map ends the process, and who waits for it looks closely.
            cursor.execute(f"PRAGMA mmap_size = {_MAPPED}")
            cursor.fetchall()
        return connection
    return cast("Connection", adbc_driver_postgresql.dbapi.connect(address))


def _is_sqlite(address: str) -> bool:
    return address.startswith("sqlite:")


def _shared_as_json() -> str:
    """
    What rows share, in JSON; nothing where bytes are a text, or a text is bytes.

    The driver would give a text among bytes as bytes, and SQLite takes some bytes for a text that is one in its
    binary JSON. Bytes sort behind every text.
    """
    texts = (f"{column} >= x''" for column in SHARED)
    octets = (f"{column} < x''" for column in ("prev_hash", "hash", "inputs_hash", "run_id"))
    return f"CASE WHEN {' OR '.join((*texts, *octets))} THEN NULL ELSE json_array({', '.join(SHARED)}) END"


def _shared_with_marks(none: str) -> str:
    """
    What rows share, with a mark between the values, and one for those that are absent.

    That costs the server less than JSON. `none` is drawn anew for each snapshot, and the statement that takes it is the
    first to tell it, so that no value is it.
    """
    values = (f"coalesce({column}, '{none}')" for column in SHARED)
    return f"concat_ws(chr({ord(_BETWEEN)}), {', '.join(values)})"


def _id_of(account: pa.Scalar) -> UUID:
    given = account.as_py()
    return given if isinstance(given, UUID) else UUID(bytes=given)
