"""
Rows as their chain is followed: what links each to the one before, and the hash that its values give.

The bytes that are hashed are written from templates: what of a row comes again and again together is
read as one text, and is written as JSON once.
"""

import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, cast

import orjson

from lifecycle_fsm.store.audit_rows import LogRow, RawId, Span, Text, id_text, place_behind
from lifecycle_fsm.store.canonical_rows import LINKS, OWN, SHARED, Chained, Shared, Words, canonical_of, shared_of
from lifecycle_fsm.store.chained_lines import read_lines
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ledger import chain_hash
from lifecycle_fsm.store.raw import SQLITE, Row, dialect_of, rows_of

_PAGE = 500
"""Few, so that a page stays in the processor's cache."""

_Read = tuple[bytes, int, bytes, bytes, Text, int, str, bytes | None, int, RawId | None, str]


def read_chained(connection: Connection, span: Span) -> Iterator[list[Chained]]:
    """Read the rows of the accounts of a span by account and number, in pages."""
    return _read_texts(connection, span) if dialect_of(connection) is SQLITE else read_lines(connection, span)


def _read_texts(connection: Connection, span: Span) -> Iterator[list[Chained]]:
    """Read from SQLite, whose rows cost the less the fewer columns they have."""
    after: Row = (span.low.bytes, -1)
    shared, words = _ByText(), Words()
    while page := _page(connection, (*after, span.high.bytes), shared, words):
        yield page
        after = place_behind(*page[-1][:2])


def _page(connection: Connection, ends: Row, shared: "_ByText", words: Words) -> list[Chained]:
    try:
        return _hashed(cast("list[_Read]", rows_of(connection, _TEXTS, ends)), shared, words)
    except (sqlite3.OperationalError, TypeError, AttributeError, ValueError):
        # Somebody put bytes where a text belongs, a text where bytes do, or a text that is none.
        return [_plainly(LogRow._make(cast("tuple[Any, ...]", row))) for row in rows_of(connection, _PLAIN, ends)]


def _hashed(rows: list[_Read], shared: "_ByText", words: Words) -> list[Chained]:
    ids, page = _Ids(), list[Chained]()
    for raw, seq, previous, own, command, effective, effects, inputs, recorded, run, text in rows:
        (to_id, to_command, to_at, to_effects, to_inputs, to_recorded, to_run, to_seq, end), left, reached, machine = (
            shared[text]
        )
        commitment = "null" if inputs is None else f'"{inputs.hex()}"'
        run_id = "null" if run is None else f'"{id_text(run)}"'
        canonical = (
            f"{to_id}{ids[raw]}{to_command}{words[command]}{to_at}{effective}{to_effects}{words[effects]}"
            f"{to_inputs}{commitment}{to_recorded}{recorded}{to_run}{run_id}{to_seq}{seq}{end}"
        )
        given = sha256(b"\x00" + previous + canonical.encode()).digest()
        page.append((raw, seq, previous, own, left, reached, machine, given))
    return page


class _ByText(dict[str, Shared]):
    """What rows share, by the JSON that SQLite writes of it."""

    def __missing__(self, text: str) -> Shared:
        found = shared_of(orjson.loads(text))
        if len(self) < Words.MOST:
            self[text] = found
        return found


class _Ids(dict[RawId, str]):
    """Ids as text."""

    def __missing__(self, raw: RawId) -> str:
        self[raw] = written = id_text(raw)
        return written


def _plainly(row: LogRow) -> Chained:
    places = (row.from_stage, row.to_stage, row.machine)
    return cast("bytes", row.account_id), row.seq, row.prev_hash, row.hash, *places, _hash_of(row)


def _hash_of(row: LogRow) -> bytes:
    """The hash of a row, none where its values cannot be those of a row that we wrote."""
    try:
        return chain_hash(row.prev_hash, canonical_of(row))
    except (TypeError, AttributeError, ValueError):
        return b""


_NEXT = (
    f"FROM transition_log WHERE (account_id, seq) > (?, ?) AND account_id <= ? ORDER BY account_id, seq LIMIT {_PAGE}"
)
_ANY_BYTES = " OR ".join(f"{column} >= x''" for column in SHARED)
"""Bytes sort behind every text."""

_REFUSES_BYTES = sqlite3.sqlite_version_info < (3, 45)
"""Whether SQLite writes no bytes as JSON; since then it takes those for a text that are one in its binary JSON."""

_JSON = f"json_array({', '.join(SHARED)})"
_TEXT = _JSON if _REFUSES_BYTES else f"CASE WHEN {_ANY_BYTES} THEN '' ELSE {_JSON} END"
_TEXTS = f"SELECT {', '.join((*LINKS, *OWN, _TEXT))} {_NEXT}"
_PLAIN = f"SELECT {', '.join(LogRow._fields)} {_NEXT}"
