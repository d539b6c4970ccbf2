"""
Many rows sent to PostgreSQL as one COPY.

One execution of a prepared INSERT costs the client and the server several times as much
as a line of COPY.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from uuid import UUID

_PLAIN_INSERT = re.compile(r"INSERT INTO (\w+ \([\w, ]+\)) VALUES \([%s, ]+\) ?")
_NEEDS_ESCAPE = re.compile(r"[\\\t\n\r]")

FEWEST = 20
"""From so many rows on a COPY is cheaper."""


@lru_cache(maxsize=64)
def copy_statement(insert: str) -> bytes | None:
    """The COPY that does what an INSERT for each row does, None where the INSERT does more."""
    plain = _PLAIN_INSERT.fullmatch(insert)
    return None if plain is None else f"COPY {plain[1]} FROM STDIN".encode()


def copy_text(rows: Iterable[Sequence[UUID | bytes | str | int | float | None]]) -> bytes:
    """
    The rows in PostgreSQL's text format.

    Source: PostgreSQL documentation, COPY, "Text Format".
    """
    return "".join(["\t".join([text_of(value) for value in row]) + "\n" for row in rows]).encode()


def text_of(value: UUID | bytes | str | int | float | None) -> str:
    """One value in that format."""
    if isinstance(value, str):
        if _NEEDS_ESCAPE.search(value) is None:
            return value
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return str(value)
