"""The bytes that the hash of a stored row should cover, written from the values as they are stored."""

from collections.abc import Sequence
from typing import ClassVar, cast

import orjson

from lifecycle_fsm.store.audit_rows import HASHED, LogRow, Text, id_text

LINKS = ("account_id", "seq", "prev_hash", "hash")
"""What links a row to the one before."""

OWN = ("command_id", "effective_at", "effects", "inputs_hash", "recorded_at", "run_id")
"""What else is of a row alone."""

SHARED = tuple(name for name in HASHED if name not in (*LINKS, *OWN))
"""Columns whose values come again and again together."""


Pieces = tuple[str, str, str, str, str, str, str, str, str]
"""The canonical text of rows alike, cut where each has values of its own: its account, `OWN`, and its number."""

Shared = tuple[Pieces, Text, str, str]
"""What rows share: their text, the stage that they leave, the one that they reach, and the rules."""

Chained = tuple[bytes, int, bytes, bytes, Text, str, str, bytes]
"""
One row: its account's id, its number, the hash before it and its own, the stage that it leaves, the one that it
reaches, the rules, and the hash that its values give. The id is in its 16 bytes, or as text in ASCII.
"""


class Words(dict[Text, str]):
    """Texts as JSON: written once, they cost a look-up."""

    MOST: ClassVar = 20_000
    """How many are kept; beyond them each is written anew."""

    LONGEST: ClassVar = 200

    def __missing__(self, text: Text) -> str:
        written = orjson.dumps(text).decode()
        if len(self) < self.MOST and len(written) < self.LONGEST:
            self[text] = written
        return written


def shared_of(values: Sequence[Text]) -> Shared:
    """What rows with these values of the shared columns have in common."""
    told = dict(zip(SHARED, values, strict=True))
    written = {name: orjson.dumps(value).decode() for name, value in told.items()} | {"account_id": f'"{_HOLE}"'}
    pairs = (f'"{name}":{written.get(name, _HOLE)}' for name in HASHED)
    pieces = cast("Pieces", tuple(f"{{{','.join(pairs)}}}".split(_HOLE)))
    return pieces, told["from_stage"], str(told["to_stage"]), str(told["machine"])


def canonical_of(row: LogRow) -> bytes:
    """
    The bytes of `canonical_entry`, from the values as stored.

    Raises:
        TypeError, AttributeError: a column has what no column of its kind holds.
    """
    told = {
        "account_id": id_text(row.account_id),
        "inputs_hash": None if row.inputs_hash is None else row.inputs_hash.hex(),
        "run_id": None if row.run_id is None else id_text(row.run_id),
    }
    return orjson.dumps(dict(zip(HASHED, row, strict=False)) | told)


_HOLE = "\0"
"""Stands in no JSON."""
