"""Cursors: where a page ended, as text that callers keep and never read."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

import orjson

from lifecycle_fsm.domain.errors import InvalidInput

Part = str | int | float | bool | None

LARGEST = 2**63
"""The first integer that no column holds."""


def write_cursor(*parts: Part) -> str:
    """The parts as one text."""
    return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def read_cursor(cursor: str, kinds: Sequence[type[str | int | float] | None], path: str) -> list[Part]:
    """
    The parts of a text that `write_cursor` made; a kind of None allows any.

    Raises:
        InvalidInput: the text is no cursor of this list.
    """
    try:
        parts = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        parts = None
    if not isinstance(parts, list) or not _fit(parts, kinds):
        raise InvalidInput(
            "the cursor is not one that came from here; take one from an answer, or none to begin anew", path=path
        )
    return parts


def _fit(parts: list[Part], kinds: Sequence[type[str | int | float] | None]) -> bool:
    if len(parts) != len(kinds) or not all(map(_can_be_bound, parts)):
        return False
    return all(kind is None or type(part) is kind for part, kind in zip(parts, kinds, strict=True))


def _can_be_bound(part: Part) -> bool:
    """Whether both databases take the value; a forged cursor may hold what no row does."""
    if isinstance(part, str):
        return "\x00" not in part
    return not isinstance(part, int) or abs(part) < LARGEST
