"""What a command asks for as one digest, so that its key is for this deed and for no other."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from uuid import UUID

import orjson

from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.domain.moments import to_ms

DEED = "deed"
"""The key under which the inputs of a command's first row keep the digest of what was asked for."""

_BESIDE = frozenset({"idempotency_key", "expected_revision", "expected_revisions"})
"""What a command says about itself: not what it asks for."""


def deed_of(asked: object) -> str:
    """
    The digest of what a command, a dataclass, asks for: its type, and every field that is not its default.

    A field that a later release adds with a default changes no digest. Instants count by
    the millisecond, as they are kept.
    """
    return sha256(orjson.dumps(_said(asked), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _said(asked: object) -> dict[str, object]:
    assert is_dataclass(asked)
    assert not isinstance(asked, type)
    said: dict[str, object] = {"asks": type(asked).__name__}
    for each in fields(asked):
        value = getattr(asked, each.name)
        if each.name not in _BESIDE and (each.default is MISSING or value != each.default):
            said[each.name] = _plain(value)
    return said


def _plain(value: object) -> object:
    """The value as JSON has it; another type is a mistake of ours, which orjson tells."""
    if is_dataclass(value):
        return _said(value)
    if isinstance(value, datetime):
        at = take_instant(value)
        return value.isoformat() if at is None else to_ms(at)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    return value.total_seconds() if isinstance(value, timedelta) else value
