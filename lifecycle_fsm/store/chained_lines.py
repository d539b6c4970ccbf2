"""Rows as their chain is followed, out of PostgreSQL's lines of COPY, which cost less than rows of values."""

import re
from binascii import unhexlify
from collections.abc import Iterator
from hashlib import sha256
from typing import cast
from uuid import UUID

from lifecycle_fsm.store.audit_rows import PAGE, Span, Text
from lifecycle_fsm.store.canonical_rows import LINKS, OWN, SHARED, Chained, Words, shared_of
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.raw import copied_lines, run

_COPY = (
    f"COPY (SELECT {', '.join((*LINKS, *OWN, *SHARED))} FROM transition_log "  # noqa: S608 - our own names
    "WHERE (account_id, seq) > (%s, %s) AND account_id <= %s ORDER BY account_id, seq "
    f"LIMIT {PAGE}) TO STDOUT"
)
_Pieces = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]
_Shared = tuple[_Pieces, Text, str, str]
_NULL = b"\\N"
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_MEANT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def read_lines(connection: Connection, span: Span) -> Iterator[list[Chained]]:
    """Read the rows of the accounts of a span by account and number, in pages."""
    run(connection, "SET LOCAL bytea_output = 'hex'")
    shared, words = _ByLine(), _ByCopy()
    after = (span.low, -1)
    while lines := copied_lines(connection, _COPY, (*after, span.high)):
        page = [_chained(line, shared, words) for line in lines]
        yield page
        after = (UUID(page[-1][0].decode()), page[-1][1])


def _chained(line: bytes, shared: "_ByLine", words: "_ByCopy") -> Chained:
    account, seq, before, own, command, effective, effects, inputs, recorded, run_id, rest = line[:-1].split(b"\t", 10)
    (to_id, to_command, to_at, to_effects, to_inputs, to_recorded, to_run, to_seq, end), left, reached, machine = (
        shared[rest]
    )
    previous = unhexlify(before[3:])
    commitment = b"null" if inputs == _NULL else b'"%b"' % inputs[3:]
    run = b"null" if run_id == _NULL else b'"%b"' % run_id
    head = (b"\x00", previous, to_id, account, to_command, words[command], to_at, effective, to_effects, words[effects])
    rest_of_it = (to_inputs, commitment, to_recorded, recorded, to_run, run, to_seq, seq, end)
    given = sha256(b"".join(head + rest_of_it)).digest()
    return account, int(seq), previous, unhexlify(own[3:]), left, reached, machine, given


class _ByLine(dict[bytes, _Shared]):
    """What rows share, with its text in bytes, by the rest of a line."""

    def __missing__(self, rest: bytes) -> _Shared:
        pieces, left, reached, machine = shared_of([_text_of(copied) for copied in rest.split(b"\t")])
        written = cast("_Pieces", tuple(each.encode() for each in pieces)), left, reached, machine
        if len(self) < Words.MOST:
            self[rest] = written
        return written


class _ByCopy(dict[bytes, bytes]):
    """Texts as JSON, by what COPY writes of them."""

    def __init__(self) -> None:
        super().__init__()
        self._words = Words()

    def __missing__(self, copied: bytes) -> bytes:
        written = self._words[_text_of(copied)].encode()
        if len(self) < Words.MOST and len(written) < Words.LONGEST:
            self[copied] = written
        return written


def _text_of(copied: bytes) -> Text:
    """
    The text that COPY wrote.

    Source: PostgreSQL documentation, COPY, "Text Format".
    """
    return None if copied == _NULL else _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), copied).decode()
