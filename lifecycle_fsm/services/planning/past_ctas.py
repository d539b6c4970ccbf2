"""CTAs as they were at a date: what history says of their closing, and of every edit since, taken back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from lifecycle_fsm.domain.cta import Cta, CtaStatus, Priority
from lifecycle_fsm.services.pauses_told import numbered
from lifecycle_fsm.store.ledger import Entry

_Was = Mapping[str, Any]
"""Fields of a CTA as they were before the first edit that came later."""


def ctas_at(ctas: Sequence[Cta], history: Sequence[Entry], at: datetime, known: int | None = None) -> tuple[Cta, ...]:
    """
    The CTAs that had been opened by a date, with their status, dates, priority, owner, flag and rest of then.

    `history` is whole; of it only the first `known` rows count where that is given.
    """
    last = len(history) if known is None else known
    opened = [cta for cta in ctas if cta.opened_at <= at and cta.opened_seq <= last]
    if not opened:
        return ()
    rests = _rests(entry for seq, entry in numbered(history) if entry.effective_at <= at and seq <= last)
    was = _before_edits((entry for seq, entry in numbered(history) if entry.effective_at > at or seq > last), rests)
    return tuple(replace(_open_then(cta, at, last), **was.get(cta.cause_key, {})) for cta in opened)


def _open_then(cta: Cta, at: datetime, last: int) -> Cta:
    if cta.closed_at is None or (cta.closed_at <= at and (cta.closed_seq is None or cta.closed_seq <= last)):
        return cta
    return replace(cta, status=CtaStatus.NEW, outcome=None, closed_at=None, close_source=None, closed_seq=None)


def _rests(earlier: Iterator[Entry]) -> Mapping[str, datetime | None]:
    """Until when each CTA was last told to rest."""
    notes = (note for entry in earlier for note in orjson.loads(entry.effects))
    return {
        note["cta"]: None if note["after"] is None else datetime.fromisoformat(note["after"])
        for note in notes
        if note["did"] == "cta_edited" and note["field"] == "snoozed_until"
    }


def _before_edits(later: Iterator[Entry], rests: Mapping[str, datetime | None]) -> Mapping[str, _Was]:
    found: dict[str, dict[str, Any]] = {}
    for entry in later:
        for note in orjson.loads(entry.effects):
            edit = _edit(note, rests)
            if edit is not None:
                field, value = edit
                found.setdefault(note["cta"], {}).setdefault(field, value)
    return found


def _edit(note: Mapping[str, Any], rests: Mapping[str, datetime | None]) -> tuple[str, object] | None:
    """The field of a CTA that a note says was changed, and its value before; None for other notes."""
    match note["did"]:
        case "cta_edited" if note["field"] in _FIELDS:
            before = note["before"]
            return note["field"], None if before is None else _FIELDS[note["field"]](before)
        case "cta_escalated":
            return "priority", Priority(note["before"])
        case "cta_woken":
            return "snoozed_until", rests.get(note["cta"])
    return None


_FIELDS: Mapping[str, Callable[[str], object]] = {
    "due_at": datetime.fromisoformat,
    "priority": Priority,
    "owner": str,
    "status": CtaStatus,
    "flagged": lambda text: text == "true",
    "snoozed_until": datetime.fromisoformat,
}
"""The fields whose values edits keep, with how each is read."""
