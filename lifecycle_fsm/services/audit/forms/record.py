"""One row of an export, whatever the form: the fields that were hashed, and what proves them."""

from collections.abc import Mapping

from lifecycle_fsm.store.audit_rows import HASHED

Value = str | int | None
Record = Mapping[str, Value]
"""The hashed fields of a row by name, and `prev_hash`, `hash` (hexadecimal) and `position` in the log."""

PROOF = ("prev_hash", "hash", "position")
COLUMNS = (*HASHED, *PROOF)
INSTANTS = frozenset({"effective_at", "recorded_at"})
NUMBERS = frozenset({"seq", "position"}) | INSTANTS


def typed(texts: Mapping[str, str | None]) -> dict[str, Value]:
    """
    The record that texts say.

    Raises:
        ValueError: a number is none.
        KeyError: a column is missing.
    """
    return {name: _typed(name, texts[name]) for name in COLUMNS}


def _typed(name: str, text: str | None) -> Value:
    return int(text) if text is not None and name in NUMBERS else text
